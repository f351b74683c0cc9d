import { attributesCommand } from '../connection/attributes-command.js';
import { PhasegateError } from '../../plan/errors.js';
import { readConnectionSettings } from '../../connection/settings.js';
import type { ConnectionSettings } from '../../connection/settings.js';
import { isFreePort } from './ports.js';
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
 * The port of this machine that TEMPORAL_ADDRESS names and where nothing listens: a server may be started there. That of
 * a profile stays free: it may be the near end of a tunnel to a real server.
 */
export async function vacantPort({ address, addressSource }: ConnectionSettings): Promise<number | undefined> {
  if (addressSource !== 'TEMPORAL_ADDRESS') return undefined;
  const port = Number(/^(?:localhost|127\.0\.0\.1):(\d{1,5})$/.exec(address)?.[1] ?? NaN);
  return port > 0 && port <= 65_535 && (await isFreePort(port)) ? port : undefined;
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
  const link = await openLink(configured, 'phasegate').catch((error: unknown) => {
    throw notThere(error, configured);
  });
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

/** The usual hint, to start a server, would lead back to where this came from. */
function notThere(error: unknown, { addressSource }: ConnectionSettings): unknown {
  if (!(error instanceof PhasegateError)) return error;
  const [remedy, source] =
    addressSource === 'TEMPORAL_ADDRESS'
      ? ['unset TEMPORAL_ADDRESS', 'it']
      : ['use another profile (TEMPORAL_PROFILE)', 'that one'];
  return new PhasegateError(error.code, error.message, {
    where: `address from ${addressSource}`,
    hint: `See why it does not answer. For a server of this machine's own: ${remedy}, or give --port; none is started while ${source} names a server elsewhere.`,
    cause: error,
  });
}
