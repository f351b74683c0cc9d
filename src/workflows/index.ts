export { cleanup } from './cleanup.js';
export { deploymentPhase } from './deployment-phase.js';
export { evidence } from './evidence.js';
export { guard } from './guard.js';
export { locks } from './locks.js';
export { migration } from './migration.js';
export { rollback } from './rollback.js';
