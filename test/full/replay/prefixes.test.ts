import { describe, expect, it } from 'vitest';
import { committed } from '../../replay/histories.js';
import { prefixesOf } from './prefixes.js';
import { replayAll, withinMs } from './replay-all.js';

describe('a worker that takes over a recorded workflow at the end of any workflow task', () => {
  for (const recorded of committed()) {
    const all = [...prefixesOf(recorded), recorded];
    // No limit of the test's own: one replay that hangs must not hide what becomes of the others.
    const limit = (all.length + 1) * withinMs;
    it(
      `comes to where ${recorded.name} was`,
      async () => {
        const wrong = await replayAll(all);
        process.stdout.write(`${recorded.name}: ${all.length} replays\n`);
        expect(all.length).toBeGreaterThan(2);
        expect(wrong).toEqual([]);
      },
      limit
    );
  }
});
