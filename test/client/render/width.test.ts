import { describe, expect, it } from 'vitest';
import { clip, hanging, pad, widthOf, wrap } from '../../../src/client/render/width.js';
import { line } from '../../../src/client/view/line.js';
import { table } from '../../../src/client/render/table.js';

describe('the width of text on a terminal', () => {
  it.each([
    ['abc', 3],
    ['', 0],
    ['日本', 4],
    ['🚀', 2],
    ['e\u0301', 1],
    ['\u001b[31mred\u001b[0m', 3],
    ['✔ ▶ ◷', 5],
  ])('of %j is %i', (text, columns) => {
    expect(widthOf(text)).toBe(columns);
  });

  it('cuts to the columns, says so, and closes colours', () => {
    expect(clip('abcdef', 6)).toBe('abcdef');
    expect(clip('abcdef', 4)).toBe('abc…');
    expect(clip('日本語', 4)).toBe('日…');
    expect(clip('\u001b[31mabcdef\u001b[0m', 4)).toBe('\u001b[31mabc…\u001b[0m');
    expect(clip('abc', 0)).toBe('');
  });

  it('makes no line of what others wrote in several', () => {
    expect(wrap('a\n✔ completed\n b', 30)).toEqual(['a ✔ completed b']);
    expect(hanging('! ', 'a\n✔ completed', 40)).toEqual(['! a ✔ completed']);
    expect(line('a\n✔ completed').text).toBe('a ✔ completed');
    expect(table([['a\n✔ completed', 'b'], ['', 'c']])).toEqual(['a ✔ completed  b', '               c']); // prettier-ignore
  });

  it('pads on either side', () => {
    expect(pad('日', 4)).toBe('日  ');
    expect(pad('a', 3, 'left')).toBe('  a');
    expect(pad('abcd', 3)).toBe('abcd');
  });

  it('breaks lines at blanks, never inside a word', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('unbreakable-word x', 5)).toEqual(['unbreakable-word', 'x']);
  });

  it('puts further lines below the first', () => {
    const text = 'a'.repeat(20);
    expect(hanging('head ', `${text} ${text}`, 35)).toEqual([`head ${text}`, `     ${text}`]);
  });
});
