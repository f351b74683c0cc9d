export type { RunWorkerOptions } from './options.js';
export { runWorker } from './run-worker.js';
