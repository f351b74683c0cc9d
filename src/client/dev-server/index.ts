export { findOnPath } from './find-on-path.js';
export { LOOPBACK, freePorts, isFreePort } from './ports.js';
export { spawnServer } from './process.js';
export type { ServerProcess, SpawnServerOptions } from './process.js';
export { missingSearchAttributes } from './search-attributes.js';
export { loadTemporalSettings } from './settings.js';
export type { TemporalServer } from './start-context.js';
export { startTemporal } from './start-temporal.js';
export type { StartTemporalOptions } from './start-temporal.js';
