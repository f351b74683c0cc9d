import { expect, it } from 'vitest';
import type { Recorded } from '../../replay/histories.js';
import { replayAll } from './replay-all.js';

/** FAKE: replays what is called `good`; `bad` is told, `hangs` never ends, and behind `gone` the worker is. */
function replayer(asked: string[][]): (histories: readonly Recorded[]) => Promise<AsyncGenerator<{ error?: Error }>> {
  return async (histories) => {
    asked.push(histories.map(({ name }) => name));
    return (async function* () {
      for (const { name } of histories) {
        if (name === 'hangs') await new Promise(() => undefined);
        if (name === 'gone') return;
        yield name === 'bad' ? { error: new Error('it differs') } : {};
      }
    })();
  };
}

const named = (names: string): Recorded[] =>
  names.split(' ').map((name) => ({ name, workflowId: name, history: {} }) as Recorded);

it('a replay that hangs is told, and so is all that goes wrong behind it, with a new worker', async () => {
  const asked: string[][] = [];
  expect(await replayAll(named('good hangs good bad gone hangs bad good'), replayer(asked), 20)).toEqual([
    'hangs: no end within 20 ms',
    'bad: it differs',
    'gone: was not replayed',
    'hangs: no end within 20 ms',
    'bad: it differs',
  ]);
  expect(asked.map(({ length }) => length)).toEqual([8, 6, 3, 2]);
});

it('one worker replays all that end', async () => {
  const asked: string[][] = [];
  expect(await replayAll(named('good bad good'), replayer(asked), 20)).toEqual(['bad: it differs']);
  expect(asked).toHaveLength(1);
});
