import { join } from 'node:path';
import { startTemporal, type TemporalServer } from '../../../src/client/dev-server/index.js';

/** A Temporal server of its own on a database file, which can be killed and started again where it was. */
export interface MortalTemporal {
  address: string;
  namespace: string;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** On the same database and port. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

export async function startMortalTemporal(folder: string): Promise<MortalTemporal> {
  const start = (port?: number): Promise<TemporalServer> =>
    startTemporal({
      stateDir: join(folder, 'temporal'),
      dbFile: join(folder, 'temporal', 'temporal.db'),
      ui: false,
      ignoreConfigured: true,
      log: () => undefined,
      ...(port === undefined ? {} : { port }),
    });
  let server = await start();
  const { address, namespace } = server;
  return {
    address,
    namespace,
    async kill() {
      if (server.pid === undefined) throw new Error('this Temporal server has no process of its own');
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    },
    async startAgain() {
      server = await start(Number(address.split(':')[1]));
    },
    stop: () => server.stop(),
  };
}
