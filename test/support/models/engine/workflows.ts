import './sandbox.js';

/** The workflows as they are, loaded after what the SDK's workflow half needs to find. */
export { deploymentPhase, migration, rollback } from '../../../../src/workflows/index.js';
