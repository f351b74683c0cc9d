import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { cannotStart, reasonOf } from './server-errors.js';

export const LOOPBACK = '127.0.0.1';

/**
 * Finds free ports of 127.0.0.1, all different.
 *
 * They are held until all are known and released together, so nothing but another process can take one before its use.
 */
export async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, () => hold(0)));
  const ports = held.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(held.map((server) => release(server)));
  return ports;
}

/** @throws PhasegateError (PG409) when something already listens on that port of 127.0.0.1. */
export async function requireFreePort(port: number, purpose: string): Promise<void> {
  try {
    await release(await hold(port));
  } catch (error) {
    throw cannotStart(
      `port ${port}, wanted for ${purpose}, cannot be used: ${reasonOf(error)}`,
      'Stop what listens there, or choose another port (leave it out for a free one).',
      error
    );
  }
}

/** Whether nothing listens on that port of 127.0.0.1 now. */
export async function isFreePort(port: number): Promise<boolean> {
  return requireFreePort(port, 'a look').then(
    () => true,
    () => false
  );
}

async function hold(port: number) {
  const server = createServer();
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  return server;
}

async function release(server: ReturnType<typeof createServer>): Promise<void> {
  server.close();
  await once(server, 'close');
}
