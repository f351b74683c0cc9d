import { expect, it } from 'vitest';
import { isSettled, type UndoRecord } from '../../src/plan/run-status.js';

it.each<[UndoRecord['state'], boolean]>([
  ['pending', false],
  ['running', false],
  ['done', true],
  ['failing', false],
  ['taken over', true],
  ['cannot be undone', false],
  ['accepted', true],
])('of an undo that is "%s" nothing more happens: %s', (state, settled) => {
  expect(isSettled({ state })).toBe(settled);
});
