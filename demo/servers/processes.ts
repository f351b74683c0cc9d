export { LOOPBACK, findOnPath, freePorts, spawnServer } from '../../src/client/dev-server/index.js';
