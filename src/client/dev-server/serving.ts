import type { ServerProcess } from './process.js';
import type { ServerOrigin, StartContext, TemporalServer } from './start-context.js';

/** The Web UI; without a process where the server itself serves it. */
export interface StartedUi {
  readonly url: string;
  readonly process?: ServerProcess;
}

/** The handle of a server that was started from here. */
export function serving(
  context: StartContext,
  how: ServerOrigin,
  address: string,
  server: ServerProcess,
  ui: StartedUi | undefined
): TemporalServer {
  return {
    address,
    namespace: context.namespace,
    ...(ui && { uiUrl: ui.url }),
    how,
    pid: server.pid,
    logFile: server.logFile,
    exited: server.exited,
    stop: async () => {
      // The UI first, or it would log that its server is gone.
      await ui?.process?.stop();
      await server.stop();
    },
  };
}
