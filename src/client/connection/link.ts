import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { ConnectionSettings } from '../../connection/settings.js';
import { probe } from './probe.js';
import { translate, translateAsked, unreachable } from './failures.js';

/** How long one answer of the server may take. */
const answerWithinMs = 10_000;
const connectWithinMs = 5_000;
/** How long a close waits for calls that nobody waits for any more. */
const settleWithinMs = 500;

/** A connection on which every call has a deadline and fails with a coded error. */
export interface Link {
  readonly temporal: Client;
  readonly settings: ConnectionSettings;
  /**
   * @param what what is being asked for, as part of an error's text
   * @throws PhasegateError PG401 when the server cannot be reached or does not answer in time, PG412 when the namespace
   *   lacks search attributes; other errors of the call as they are
   */
  call<T>(what: string, fn: () => Promise<T>, withinMs?: number): Promise<T>;
  /**
   * The same for a query or an update, which a worker has to answer.
   *
   * @throws NoAnswer when none does in time
   */
  ask<T>(what: string, fn: () => Promise<T>, withinMs: number): Promise<T>;
  close(): Promise<void>;
}

/** @throws PhasegateError PG401 when the server does not answer */
export async function openLink(settings: ConnectionSettings, identity: string): Promise<Link> {
  try {
    await probe(settings.address, process.env);
    const connection = await Connection.connect({ ...settings.options, connectTimeout: connectWithinMs });
    return linkOver(connection, settings, identity);
  } catch (error) {
    throw unreachable(settings, error);
  }
}

/** A link over a connection that is open already, such as that of a worker. */
export function linkOver(connection: Connection, settings: ConnectionSettings, identity: string): Link {
  const temporal = new Client({ connection, namespace: settings.namespace, identity });
  const underWay = new Set<Promise<unknown>>();
  let closing = false;
  const within = async <T>(fn: () => Promise<T>, withinMs: number): Promise<T> => {
    if (closing) throw new Error('this connection is being closed');
    const answer = connection.withDeadline(Date.now() + withinMs, fn);
    const settled = answer.catch(() => undefined).finally(() => underWay.delete(settled));
    underWay.add(settled);
    return answer;
  };
  return {
    temporal,
    settings,
    async call(what, fn, withinMs = answerWithinMs) {
      try {
        return await within(fn, withinMs);
      } catch (error) {
        throw translate(settings, what, error);
      }
    },
    async ask(what, fn, withinMs) {
      try {
        return await within(fn, withinMs);
      } catch (error) {
        throw translateAsked(settings, what, error);
      }
    },
    // A watch that was left leaves a call behind, and would make the next one. One that the SDK is about to try again would
    // find the channel closed and throw where nobody can catch it, so none begins any more, and the channel closes behind
    // the last of them.
    async close() {
      closing = true;
      const settled = Promise.all(underWay);
      const inTime = await Promise.race([settled, delay(settleWithinMs, 'late', { ref: false })]);
      if (inTime !== 'late') return connection.close();
      void settled.then(() => connection.close());
    },
  };
}
