import { attributesCommand } from '../connection/attributes-command.js';
import { readConnectionSettings } from '../../connection/settings.js';
import type { ConnectionSettings } from '../../connection/settings.js';
import { missingSearchAttributes } from './search-attributes.js';
import { cannotStart } from './server-errors.js';
import type { TemporalSettings } from './settings.js';
import { ServerOrigin } from './start-context.js';
import type { TemporalServer } from './start-context.js';

/**
 * The server that TEMPORAL_ADDRESS or a profile of the standard client configuration names, or undefined.
 *
 * @throws PhasegateError (PG410) when the configuration cannot be read, or names a profile that it does not have
 */
export function configuredServer(env: NodeJS.ProcessEnv): ConnectionSettings | undefined {
  const configured = readConnectionSettings({}, env);
  return configured.addressSource === 'default' ? undefined : configured;
}

/**
 * The handle of a server that somebody else runs: it must answer and know the search attributes; nothing of it is
 * changed, and `stop` leaves it alone.
 *
 * @throws PhasegateError: PG401 when it does not answer, PG409 with the commands that add what is missing
 */
export async function existingServer(
  configured: ConnectionSettings,
  settings: TemporalSettings,
  log: (line: string) => void
): Promise<TemporalServer> {
  const { address, addressSource, namespace } = configured;
  log(`using the Temporal server at ${address}, namespace ${namespace} (${addressSource}); none is started`);
  const { openLink } = await import('../connection/link.js');
  const link = await openLink(configured, 'phasegate');
  try {
    const missing = await link.call('which search attributes are there', () =>
      missingSearchAttributes(link.temporal.connection, namespace, settings)
    );
    const names = Object.keys(missing);
    if (names.length > 0) {
      throw cannotStart(
        `namespace ${namespace} of the Temporal server at ${address} lacks the search attributes ${names.join(', ')}`,
        `Add them:\n${attributesCommand(namespace, missing)}`
      );
    }
  } finally {
    await link.close();
  }
  return { address, namespace, how: ServerOrigin.existing, pid: undefined, stop: async () => {} };
}
