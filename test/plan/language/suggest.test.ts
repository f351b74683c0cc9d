import { describe, expect, it } from 'vitest';
import { hintForName, suggest } from '../../../src/plan/language/suggest.js';

describe('suggestions', () => {
  it('name what was probably meant', () => {
    expect(suggest('retires', ['retries', 'title'])).toBe('retries');
    expect(suggest('ERROR_RATE', ['error_rate'])).toBe('error_rate');
    expect(suggest('evry', ['every', 'very'])).toBe('every');
    expect(suggest('colour', ['title', 'id'])).toBeUndefined();
    expect(suggest('x', [])).toBeUndefined();
  });

  it.each<[string, string, string[], string | undefined]>([
    ['two neighbours that changed places', 'evrey', ['every'], 'every'],
    ['the first two of them', 'veery', ['every'], 'every'],
    ['the first two of a short one', 'di', ['id'], 'id'],
    ['the last two', 'eveyr', ['every'], 'every'],
    ['two that did not', 'ab', ['cd'], undefined],
    ['half of a swap', 'xa', ['bx'], undefined],
    ['the other half', 'ax', ['xb'], undefined],
    ['as many slips as a third of its letters', 'abcdefghi', ['abcxyzghi'], 'abcxyzghi'],
    ['one more', 'abcdefghi', ['abwxyzghi'], undefined],
    ['the nearest, not the first', 'abcdef', ['abcdxx', 'abcdex'], 'abcdex'],
    ['the first of those that are as near', 'abcdef', ['abcdxf', 'abcdex'], 'abcdxf'],
    ['100 letters', 'x'.repeat(100), ['x'.repeat(99)], 'x'.repeat(99)],
    ['101 letters', 'x'.repeat(101), ['x'.repeat(100)], undefined],
  ])('weigh %s: %s', (_, written, known, meant) => {
    expect(suggest(written, known)).toBe(meant);
  });

  it('name what is near rather than all that is known', () => {
    expect(hintForName('evry', ['every', 'id'], 'declare it')).toBe('did you mean "every"?');
    const twelve = Array.from({ length: 12 }, (_, index) => `name-${index}`);
    expect(hintForName('x', twelve, 'declare it')).toBe(`known are ${twelve.join(', ')}; declare it`);
    expect(hintForName('x', [...twelve, 'name-12'], 'declare it')).toBe('declare it');
  });

  it('list the known names when none is near and they are few', () => {
    expect(hintForName('x', ['alpha', 'beta'], 'declare it')).toBe('known are alpha, beta; declare it');
    expect(
      hintForName(
        'x',
        Array.from({ length: 20 }, (_, index) => `name-${index}`),
        'declare it'
      )
    ).toBe('declare it');
    expect(hintForName('x', [], 'declare it')).toBe('declare it');
  });

  it('cost nothing for a name that is far too long', () => {
    expect(suggest('x'.repeat(200_000), ['retries'])).toBeUndefined();
  });
});
