import { loadClientConnectConfig } from '@temporalio/envconfig';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { PhasegateError } from '../plan/errors.js';
import { payloadConverterPath } from './bundle.js';

export interface Connections {
  native: NativeConnection;
  client: Client;
  namespace: string;
  address: string;
  close(): Promise<void>;
}

/**
 * Connects as every Temporal tool does: TEMPORAL_* variables, or a profile of the standard client configuration.
 *
 * @throws PG401 when the server does not answer
 */
export async function connect(
  options: { profile?: string; address?: string; namespace?: string } = {}
): Promise<Connections> {
  const config = loadClientConnectConfig(options.profile === undefined ? {} : { profile: options.profile });
  const address = options.address ?? config.connectionOptions.address ?? '127.0.0.1:7233';
  const namespace = options.namespace ?? config.namespace ?? 'default';
  const settings = { ...config.connectionOptions, address };
  try {
    const native = await NativeConnection.connect(settings);
    const connection = await Connection.connect({ ...settings, connectTimeout: 10_000 });
    const client = new Client({ connection, namespace, dataConverter: { payloadConverterPath } });
    const close = async (): Promise<void> => {
      await connection.close();
      await native.close();
    };
    return { native, client, namespace, address, close };
  } catch (error) {
    throw new PhasegateError('PG401', `the Temporal server at ${address} does not answer`, {
      hint: 'Start one with: phasegate server, or name the right one with TEMPORAL_ADDRESS=host:port or --profile NAME.',
      cause: error,
    });
  }
}
