import { Worker } from '@temporalio/worker';
import { loadBundle, payloadConverterPath } from '../../../src/worker/bundle.js';
import type { Recorded } from '../../replay/histories.js';

/** For one replay: one that never ends would otherwise hold up everything without saying which it is. */
export const withinMs = 60_000;

/** What one worker found, in the order of the histories that it was given. */
type Results = AsyncIterator<{ error?: Error | undefined }>;
type Replayer = (histories: readonly Recorded[]) => Promise<Results>;

/**
 * Replays one after the other with one worker, and with a new one behind a replay that does not end.
 *
 * @returns what went wrong, in words, of all of them
 */
export async function replayAll(
  all: readonly Recorded[],
  replayer: Replayer = oneWorker,
  patienceMs = withinMs
): Promise<string[]> {
  const wrong: string[] = [];
  let results: Results | undefined;
  for (const [index, { name }] of all.entries()) {
    results ??= await replayer(all.slice(index));
    const next = await inTime(results.next(), patienceMs);
    if (next === 'late') {
      wrong.push(`${name}: no end within ${patienceMs} ms`);
      // Nothing ends a worker that hangs in a replay: it is left to the end of the process.
      results = undefined;
    } else if (next.done) {
      wrong.push(`${name}: was not replayed`);
      results = undefined;
    } else if (next.value.error) wrong.push(`${name}: ${next.value.error.message}`);
  }
  // A worker that has had all its histories shuts down when it is asked for one more.
  await results?.next();
  return wrong;
}

async function oneWorker(histories: readonly Recorded[]): Promise<Results> {
  const { code } = await loadBundle();
  const options = { workflowBundle: { code }, dataConverter: { payloadConverterPath } };
  const given = histories.map(({ workflowId, history }) => ({ workflowId, history }));
  return Worker.runReplayHistories(options, given)[Symbol.asyncIterator]();
}

async function inTime<T>(replay: Promise<T>, patienceMs: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), patienceMs);
  });
  try {
    return await Promise.race([replay, late]);
  } finally {
    clearTimeout(timer);
  }
}
