import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { inject } from 'vitest';

export interface Door extends AsyncDisposable {
  /** `host:port` */
  address: string;
  /** Breaks what goes through it, and lets nothing in. */
  shut(): void;
  open(): void;
}

/** A way to the server that all tests share, which can be shut: what a network does that fails. */
export async function openDoor(): Promise<Door> {
  const [host = '', port = ''] = inject('temporalAddress').split(':');
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server = createServer((inside) => {
    if (!isOpen) return void inside.destroy();
    const outside = connect(Number(port), host);
    for (const [socket, other] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    inside.pipe(outside).pipe(inside);
  });
  const close = (): void => sockets.forEach((socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    shut() {
      isOpen = false;
      close();
    },
    open() {
      isOpen = true;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      close();
      await once(server, 'close');
    },
  };
}
