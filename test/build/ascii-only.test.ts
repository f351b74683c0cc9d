import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiOnly } from '../../src/build/ascii-only.js';

describe('code in ASCII', () => {
  it('has no other character, and means the same', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constant('\\')), { maxLength: 9 }), (parts) => {
        const text = parts.join('');
        const code = asciiOnly(JSON.stringify(text));
        expect(code).not.toMatch(/[\u0080-\uffff]/);
        expect(JSON.parse(code)).toBe(text);
      })
    );
  });

  it('means the same in an expression and in a template', () => {
    const code = asciiOnly('const ä = /[…—]$/u; ä.test(`${"→ 😀"} —`)');
    // oxlint-disable-next-line no-eval
    expect((0, eval)(code)).toBe(true);
  });

  it('is not made where an escape would mean something else', () => {
    expect(() => asciiOnly('/\\…/')).toThrow('cannot be written in ASCII: /\\…/');
  });
});
