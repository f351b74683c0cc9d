import { describe, expect, it } from 'vitest';
import { watchRun } from '../../../src/client/read/watch-run.js';
import type { RunSnapshot } from '../../../src/client/read/snapshot.js';
import { PhasegateError } from '../../../src/plan/errors.js';
import { run, snapshot, t } from '../support/snapshots.js';

const pause = async (): Promise<void> => undefined;
const reading = (...answers: Array<RunSnapshot | Error>) => {
  const left = [...answers];
  return {
    read: async (): Promise<RunSnapshot> => {
      const next = left.shift();
      if (next === undefined || next instanceof Error) throw next ?? new Error('read once too often');
      return next;
    },
  };
};
const ended = snapshot({ run: run({ outcome: { kind: 'completed', reason: 'done', endedAt: t } }) });
const away = new PhasegateError('PG401', 'the server does not answer');

describe('a watch', () => {
  it('gives what was last seen with the reason while the server is away, and goes on when it is back', async () => {
    const seen: Array<string | undefined> = [];
    for await (const one of watchRun(reading(snapshot(), away, away, ended), { pause })) seen.push(one.away);
    expect(seen).toEqual([undefined, 'the server does not answer', 'the server does not answer', undefined]);
  });

  it('throws when the first reading fails, and later on what no second try would mend', async () => {
    const first = watchRun(reading(away), { pause });
    await expect(first.next()).rejects.toBe(away);
    const unknown = new PhasegateError('PG403', 'there is no run');
    const later = watchRun(reading(snapshot(), unknown), { pause });
    await later.next();
    await expect(later.next()).rejects.toBe(unknown);
  });

  it('ends at once when somebody leaves, although a reading is under way', async () => {
    const stop = new AbortController();
    const watching = watchRun({ read: () => new Promise(() => undefined) }, { pause, signal: stop.signal });
    const next = watching.next();
    stop.abort();
    expect((await next).done).toBe(true);
  });
});
