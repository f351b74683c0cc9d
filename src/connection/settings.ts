import { loadClientConnectConfig } from '@temporalio/envconfig';
import { PhasegateError } from '../plan/errors.js';

/** What the caller says about the server; what is left out comes from TEMPORAL_* variables and profiles. */
export interface ConnectionChoice {
  /** A profile of the standard client configuration file. */
  profile?: string;
  /** `host:port` */
  address?: string;
  namespace?: string;
}

/** Where the server is, and who said so. */
export interface ConnectionSettings {
  address: string;
  addressSource: string;
  namespace: string;
  namespaceSource: string;
  /** Everything that the connection needs: address, TLS, key. */
  options: ReturnType<typeof loadClientConnectConfig>['connectionOptions'] & { address: string };
}

const defaultAddress = '127.0.0.1:7233';
const defaultNamespace = 'default';

/**
 * Reads the standard Temporal client configuration: an option, then TEMPORAL_* variables, then the profile, then the
 * default address of a local server.
 *
 * @throws PhasegateError PG410 when the configuration file cannot be used
 */
export function readConnectionSettings(choice: ConnectionChoice, env: NodeJS.ProcessEnv): ConnectionSettings {
  const { connectionOptions, namespace } = load(choice, env, false);
  const file = load(choice, env, true);
  const profile = choice.profile ?? env['TEMPORAL_PROFILE'] ?? 'default';
  const sourceOf = (option: string | undefined, flag: string, variable: string, inFile: string | undefined): string => {
    if (option !== undefined) return flag;
    if ((env[variable] ?? '') !== '') return variable;
    return inFile === undefined ? 'default' : `profile ${profile}`;
  };
  const address = choice.address ?? present(connectionOptions.address) ?? defaultAddress;
  return {
    address,
    addressSource: sourceOf(choice.address, '--address', 'TEMPORAL_ADDRESS', present(file.connectionOptions.address)),
    namespace: choice.namespace ?? present(namespace) ?? defaultNamespace,
    namespaceSource: sourceOf(choice.namespace, '--namespace', 'TEMPORAL_NAMESPACE', present(file.namespace)),
    options: { ...connectionOptions, address },
  };
}

function load(
  choice: ConnectionChoice,
  env: NodeJS.ProcessEnv,
  fileOnly: boolean
): ReturnType<typeof loadClientConnectConfig> {
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  // The names of file and profile count even where the values of variables are not wanted.
  const seen = fileOnly ? set.filter(([name]) => !name.startsWith('TEMPORAL_') || locators.has(name)) : set;
  try {
    return loadClientConnectConfig({
      profile: choice.profile,
      overrideEnvVars: Object.fromEntries(seen),
    });
  } catch (error) {
    throw new PhasegateError('PG410', `the Temporal client configuration cannot be used: ${reason(error)}`, {
      where: env['TEMPORAL_CONFIG_FILE'] ?? 'the standard place of temporal.toml',
      hint: 'Check --profile, TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE and the file that they name.',
      cause: error,
    });
  }
}

const locators = new Set(['TEMPORAL_CONFIG_FILE', 'TEMPORAL_PROFILE']);

function present(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
