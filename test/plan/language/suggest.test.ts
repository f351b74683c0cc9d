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
