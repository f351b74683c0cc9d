import { describe, expect, it } from 'vitest';
import { clean, cleanDeep, cleanLine, safeJson } from '../../../src/client/render/clean.js';

describe('clean', () => {
  it.each([
    ['a colour', '\u001b[31mred\u001b[0m', '[31mred[0m'],
    ['a cursor move in one C1 character', 'a\u009b2Jb', 'a2Jb'],
    ['a terminal title', '\u001b]0;owned\u0007text', ']0;ownedtext'],
    ['a bell, backspaces and DEL', 'a\u0007b\u0008c\u007fd', 'abcd'],
    ['a text direction', 'pay \u202e001\u202c', 'pay 001'],
    ['invisible separators', 'er\u200bin\ufeff', 'erin'],
    ['a lone carriage return that would overwrite the line', 'FAIL\rPASS', 'FAIL\nPASS'],
  ])('takes out %s', (_what, dirty, expected) => {
    expect(clean(dirty)).toBe(expected);
  });

  it('keeps line breaks, tabs, umlauts, emoji and other scripts', () => {
    const text = 'Zürich\t🚀\n日本語 e\u0301';
    expect(clean(text)).toBe(text);
  });

  it('makes one line of several', () => {
    expect(cleanLine(' a\n  b\tc\r\nd ')).toBe('a b c d');
  });

  it('reaches every string of a document, keys included, and nothing else', () => {
    expect(cleanDeep({ 'k\u001b': ['\u0007x', 1, null, true, { y: 'z\u009b' }] })).toEqual({
      k: ['x', 1, null, true, { y: 'z' }],
    });
  });
});

describe('safeJson', () => {
  it('escapes what would move a cursor and still is the same document', () => {
    const document = { text: 'a\u009b2Jb\u202ec\u007f', plain: 'ü' };
    const json = safeJson(document);
    expect(json).toMatch(/^[\u0020-\u007e\u00fc]*$/);
    expect(JSON.parse(json)).toEqual(document);
  });
});
