import { Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import { temporalLogger } from './logger.js';

let installed = false;

/**
 * Installs the SDK's runtime: its lines go through pino, and it stops workers on SIGINT and SIGTERM. There is one per
 * process; a second call changes nothing.
 *
 * @param sdkMetrics `host:port` of the SDK's own Prometheus endpoint
 */
export function installRuntime(logger: Logger, sdkMetrics: string | undefined): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: temporalLogger(logger),
    telemetryOptions: {
      // Without `forward` the one line that explains a stuck workflow would go to stdout as coloured text.
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(sdkMetrics === undefined ? {} : { metrics: { prometheus: { bindAddress: sdkMetrics } } }),
    },
  });
}

/** Ends the runtime when no worker came about: alone it would keep the process alive. */
export async function removeRuntime(): Promise<void> {
  if (!installed) return;
  installed = false;
  await Runtime.instance().shutdown();
}
