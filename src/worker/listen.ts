import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PhasegateError } from '../plan/errors.js';

export interface Listening {
  /** Without a path. */
  url: string;
  close(): Promise<void>;
}

/** Where a server is to listen, and what is said of it when it cannot. */
export interface Place {
  host: string;
  /** 0: any that is free. */
  port: number;
  /** As in `the receiver`. */
  who: string;
  options: { host: string; port: string };
  /** What to do about a port that cannot be had. */
  portHint: string;
}

/** @throws PhasegateError PG409 when it cannot listen there */
export async function listen(server: Server, place: Place): Promise<Listening> {
  server.listen(place.port, place.host);
  await once(server, 'listening').catch((error: unknown) => {
    throw cannotListen(place, error as NodeJS.ErrnoException);
  });
  const { address, family, port } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    async close() {
      server.close();
      // Nobody may keep it by half a request; what was read is answered, or sent again.
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function cannotListen({ host, port, who, options, portHint }: Place, cause: NodeJS.ErrnoException): PhasegateError {
  const isPort = cause.code === 'EADDRINUSE' || cause.code === 'EACCES';
  return new PhasegateError('PG409', `${who} cannot listen on ${host}, port ${port}: ${cause.message}`, {
    where: isPort ? options.port : options.host,
    hint: isPort
      ? portHint
      : `Name an address of this machine: ${options.host} 127.0.0.1, or ${options.host} 0.0.0.0 for all of them.`,
    cause,
  });
}
