import { describe, expect, it } from 'vitest';
import { mapTexts } from '../../../src/plan/language/scalars.js';
import { misunderstood, sure, understood } from '../../../src/plan/language/understood.js';

describe('the texts of a value', () => {
  it('are changed wherever they are, and nothing else is', () => {
    const value = { a: 'x', list: ['y', { b: 'z' }, null], n: 1, is: true, none: undefined, nothing: null };
    const paths: string[] = [];
    const changed = mapTexts(value, (text, path) => {
      paths.push(path.join('.'));
      return text.toUpperCase();
    });
    expect(changed).toEqual({ ...value, a: 'X', list: ['Y', { b: 'Z' }, null] });
    expect(paths).toEqual(['a', 'list.0', 'list.1.b']);
    expect(value.a).toBe('x');
  });

  it('may be all that there is', () => {
    expect(mapTexts('x', (text, path) => `${text}${path.join('.')}`, ['p', 3])).toBe('xp.3');
    expect(mapTexts('x', (text, path) => `${text}${path.length}`)).toBe('x0');
  });
});

describe('a text that was checked before', () => {
  it('has its value, and is a fault of the program where it has none', () => {
    expect(sure(understood(5))).toBe(5);
    expect(() => sure(misunderstood('"x" is no number', ''))).toThrow('unchecked text: "x" is no number');
  });
});
