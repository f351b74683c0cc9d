import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { address, means, parseAddress } from '../../src/plan/address.js';

describe('an address', () => {
  it.each([
    ['1a/window#2', { phase: '1a', step: 'window', attempt: 2 }],
    ['1a/window', { phase: '1a', step: 'window' }],
    ['window', { phase: '1b', step: 'window' }],
    [' 1A/Window#10 ', { phase: '1a', step: 'window', attempt: 10 }],
    ['1a/ramp@25#1', { phase: '1a', step: 'ramp@25', attempt: 1 }],
  ])('is read from "%s"', (text, expected) => {
    expect(parseAddress(text, '1b')).toEqual(expected);
  });

  it.each([
    '',
    '#1',
    '/',
    '1a/',
    '/window',
    '1a/window#0',
    '1a/window#x',
    '1a/b/c',
    '../../etc',
    '1a window',
    'a'.repeat(9) + '#9999999',
  ])('is none: "%s"', (text) => expect(parseAddress(text, '1a')).toBeUndefined());

  it('needs its phase where none is meant', () => {
    expect(parseAddress('window')).toBeUndefined();
  });

  const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
  it('is read back as it was written, whatever its parts', () => {
    fc.assert(
      fc.property(id, id, fc.integer({ min: 1, max: 999_999 }), (phase, step, attempt) => {
        const full = address(phase, step, attempt);
        expect(parseAddress(full)).toEqual({ phase, step, attempt });
        expect(parseAddress(full.toUpperCase())).toEqual({ phase, step, attempt });
        expect(means({ phase, step }, full)).toBe(true);
        expect(means({ phase, step, attempt }, full)).toBe(true);
        expect(means({ phase: `${phase}x`, step }, full)).toBe(false);
        expect(means({ phase, step: `${step}x` }, full)).toBe(false);
        expect(means({ phase, step, attempt: attempt + 1 }, full)).toBe(false);
      })
    );
  });

  it('is not meant by what is none', () => {
    expect(means({ phase: '1a', step: 'window' }, 'window')).toBe(false);
  });

  it('never throws, whatever somebody writes', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseAddress(text, '1a')));
  });
});
