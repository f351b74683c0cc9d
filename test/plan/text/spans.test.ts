import { describe, expect, it } from 'vitest';
import { counted } from '../../../src/plan/text/spans.js';

describe('a count', () => {
  it.each([
    [0, '0 changes'],
    [1, '1 change'],
    [2, '2 changes'],
  ])('of %i is %s', (count, text) => {
    expect(counted(count, 'change')).toBe(text);
  });
});
