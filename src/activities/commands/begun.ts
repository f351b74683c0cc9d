import { z } from 'zod';
import type { Scope } from '../scope.js';
import type { CommandRequest } from './command.js';
import type { JobRecord } from './job.js';

/** What a command's heartbeat says: which is followed, and when each began that the activity has begun (epoch ms by key). */
const details = z.object({ key: z.string(), since: z.number(), begun: z.record(z.string(), z.number()).optional() });

const bySome = new WeakMap<Scope, Map<string, number>>();

/**
 * Says in a heartbeat that a command runs. A command that only looks has a new key each time, and must not take the place
 * of one that changes something: on a machine without its files nothing else tells that it was begun.
 */
export function tellBegun(scope: Scope, { argv, job }: CommandRequest, { key, startedAt: since }: JobRecord): void {
  const begun = begunBy(scope);
  if (job.reuse !== 'none') begun.set(key, since);
  scope.heartbeat({ command: argv[0], key, since, begun: Object.fromEntries(begun) });
}

/** When an earlier attempt began the command (epoch ms), as its heartbeat told: its files may lie on another machine. */
export function begunElsewhere(scope: Scope, key: string): number | undefined {
  return scope.attempt === 1 ? undefined : begunBy(scope).get(key);
}

/** What this attempt and those before it have begun. */
function begunBy(scope: Scope): Map<string, number> {
  const known = bySome.get(scope);
  if (known) return known;
  const told = details.safeParse(scope.heartbeatDetails);
  const begun = new Map(told.success ? Object.entries({ [told.data.key]: told.data.since, ...told.data.begun }) : []);
  bySome.set(scope, begun);
  return begun;
}
