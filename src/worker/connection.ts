import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { ConnectionSettings } from '../connection/settings.js';
import { PhasegateError } from '../plan/errors.js';
import { payloadConverterPath } from './bundle.js';

export interface Connections {
  native: NativeConnection;
  client: Client;
  namespace: string;
  address: string;
  close(): Promise<void>;
}

/** @throws PG401 when the server does not answer */
export async function connect({
  options,
  address,
  addressSource,
  namespace,
}: ConnectionSettings): Promise<Connections> {
  try {
    const connection = await Connection.connect({ ...options, connectTimeout: 10_000 });
    const native = await NativeConnection.connect({ ...options, address }).catch(async (error: unknown) => {
      await connection.close();
      throw error;
    });
    const client = new Client({ connection, namespace, dataConverter: { payloadConverterPath } });
    const close = async (): Promise<void> => {
      await connection.close();
      await native.close();
    };
    return { native, client, namespace, address, close };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PhasegateError(
      'PG401',
      `the Temporal server at ${address} (from ${addressSource}) does not answer: ${reason}`,
      {
        hint: 'Start one with: phasegate server, or name the right one with TEMPORAL_ADDRESS=host:port or --profile NAME.',
        cause: error,
      }
    );
  }
}
