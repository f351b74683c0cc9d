import { expect, it, vi } from 'vitest';
import { onceBegun, type Items } from '../../../src/client/cli/once-begun.js';

const startedAt = 1_000_000;

/** What `look` finds, one after the other; the last again and again. */
function looking(...finds: Array<{ at: number; gates?: number; ended?: boolean }>) {
  return vi.fn(async () => {
    const found = finds.length > 1 ? finds.shift() : finds[0];
    const { at = 0, gates = 0, ended = false } = found ?? {};
    const run = { startedAt, ...(ended ? { outcome: {} } : {}) };
    return { snapshot: { at: startedAt + at, run }, gates: Array(gates).fill({}) } as unknown as Items;
  });
}

it.each<[string, Parameters<typeof looking>, { looks: number; gates: number }]>([
  ['asks', [{ at: 50, gates: 3 }], { looks: 1, gates: 3 }],
  ['was just started and asks soon', [{ at: 50 }, { at: 300 }, { at: 550, gates: 2 }], { looks: 3, gates: 2 }],
  ['was just started and has ended', [{ at: 50, ended: true }], { looks: 1, gates: 0 }],
  ['began long ago', [{ at: 10_000 }], { looks: 1, gates: 0 }],
  ['grows older and asks nobody', [{ at: 9_990 }, { at: 10_240 }], { looks: 2, gates: 0 }],
  ['began in the future, by a wrong clock', [{ at: -3_600_000 }], { looks: 41, gates: 0 }],
])('a run that %s', async (_what, finds, expected) => {
  const look = looking(...finds);
  const pause = vi.fn(async () => undefined);
  const found = await onceBegun(look, pause);
  expect({ looks: look.mock.calls.length, gates: found.gates.length }).toEqual(expected);
  expect(pause.mock.calls).toEqual(Array(expected.looks - 1).fill([250]));
});
