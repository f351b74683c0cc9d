import { describe, expect, it } from 'vitest';
import { beginning, clean } from '../../../src/plan/text/clean.js';

it('a line break of Windows is one', () => {
  expect(clean('a\r\nb\r\n\r\nc')).toBe('a\nb\n\nc');
});

describe('the beginning of a text', () => {
  it.each([
    ['ab', 3, 'ab'],
    ['abcd', 3, 'abc'],
    ['ab🚀d', 4, 'ab🚀'],
    ['ab🚀d', 3, 'ab'],
    ['🚀🚀', 3, '🚀'],
    ['🚀', 0, ''],
  ])('of %j, %i units at most, ends with a whole character', (text, most, expected) => {
    expect(beginning(text, most)).toBe(expected);
  });
});
