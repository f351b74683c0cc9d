import { Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { loadBundle, payloadConverterPath } from '../../../src/worker/bundle.js';
import { committed, type Recorded } from '../../replay/histories.js';
import { prefixesOf } from './prefixes.js';

/** For one replay: one that never ends would otherwise hold up everything without saying which it is. */
const withinMs = 60_000;

const histories = committed();

describe('a worker that takes over a recorded workflow at the end of any workflow task', () => {
  it.each(histories.map((recorded) => [recorded.name, recorded] as const))(
    'comes to where %s was',
    async (_, recorded) => {
      const all = [...prefixesOf(recorded), recorded];
      const wrong = await replayAll(all);
      process.stdout.write(`${recorded.name}: ${all.length} replays\n`);
      expect(all.length).toBeGreaterThan(2);
      expect(wrong).toEqual([]);
    }
  );
});

/** Replays one after the other with one worker; what went wrong, in words. */
async function replayAll(all: readonly Recorded[]): Promise<string[]> {
  const { code } = await loadBundle();
  const options = { workflowBundle: { code }, dataConverter: { payloadConverterPath } };
  const given = all.map(({ workflowId, history }) => ({ workflowId, history }));
  const results = Worker.runReplayHistories(options, given)[Symbol.asyncIterator]();
  const wrong: string[] = [];
  for (const { name } of all) {
    const next = await inTime(name, results.next());
    if (next.done) return [...wrong, `${name}: was not replayed`];
    if (next.value.error) wrong.push(`${name}: ${next.value.error.message}`);
  }
  return wrong;
}

async function inTime<T>(name: string, replay: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name}: no end within ${withinMs} ms`)), withinMs);
  });
  try {
    return await Promise.race([replay, late]);
  } finally {
    clearTimeout(timer);
  }
}
