import { describe, expect, it } from 'vitest';
import { paintFor, wantsColour } from '../../../src/client/render/paint.js';
import { progressBar, sparkline } from '../../../src/client/render/sparkline.js';
import { stateWords } from '../../../src/client/render/states.js';
import { runStates } from '../../../src/plan/run-status.js';
import { plain } from '../../../src/client/render/paint.js';

describe('colours', () => {
  const cases: Array<[string, Parameters<typeof wantsColour>[0], boolean]> = [
    ['are on for a terminal', { never: false, env: {}, isTTY: true }, true],
    ['are off for a pipe', { never: false, env: {}, isTTY: false }, false],
    ['are off with --no-color, whatever else says', { never: true, env: { FORCE_COLOR: '1' }, isTTY: true }, false],
    [
      'are off with NO_COLOR, which wins over FORCE_COLOR',
      { never: false, env: { NO_COLOR: '1', FORCE_COLOR: '1' }, isTTY: true },
      false,
    ],
    ['ignore an empty NO_COLOR', { never: false, env: { NO_COLOR: '' }, isTTY: true }, true],
    ['are on with FORCE_COLOR in a pipe', { never: false, env: { FORCE_COLOR: '1' }, isTTY: false }, true],
    ['are off with FORCE_COLOR=0', { never: false, env: { FORCE_COLOR: '0' }, isTTY: true }, false],
    ['are off on a dumb terminal', { never: false, env: { TERM: 'dumb' }, isTTY: true }, false],
  ];
  it.each(cases)('%s', (_what, facts, expected) => {
    expect(wantsColour(facts)).toBe(expected);
    expect(paintFor(facts)('bad', 'x') === 'x').toBe(!expected);
  });
});

describe('a state', () => {
  it.each(runStates)('"%s" has a symbol and the word, with and without colour', (state) => {
    expect(stateWords(state, plain)).toMatch(new RegExp(`^\\S ${state}$`));
  });
});

describe('a sparkline', () => {
  it('spans its own least and greatest, with a blank where there was no value', () => {
    expect(sparkline([0, 1, undefined, 2], 10)).toBe('▁▅ █');
  });
  it('is low for a steady value, and nothing without any', () => {
    expect(sparkline([5, 5, 5], 10)).toBe('▁▁▁');
    expect(sparkline([undefined], 10)).toBe('');
  });
  it('shows the last values when there are more than fit', () => {
    expect(sparkline([9, 9, 0, 1], 2)).toBe('▁█');
  });
});

describe('a progress bar', () => {
  it.each([
    [0, 0],
    [0.5, 5],
    [1, 10],
    [7, 10],
    [-1, 0],
  ])('for %d has %i of 10 done', (part, done) => {
    const bar = progressBar(part, 10);
    expect([bar.done.length, bar.left.length]).toEqual([done, 10 - done]);
  });
});
