export { LOOPBACK, findOnPath, freePorts, spawnServer } from '../../src/client/dev-server/index.js';
export type { ProcessExit, Ready, ServerProcess, SpawnServerOptions } from '../../src/client/dev-server/index.js';
