import { describe, expect, it } from 'vitest';
import { sameDigest, short } from '../../src/plan/gate-rules.js';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('a digest', () => {
  it.each([
    [digest, true],
    [digest.toUpperCase(), true],
    [short(digest), true],
    ['01234567', true],
    ['01234567...', true],
    ['0123456', false],
    ['', false],
    ['sha256:', false],
    ['01234568', false],
    [`${digest}00`, false],
    [` ${digest} `, true],
    ['01234567…', true],
    ['x sha256:01234567', false],
    ['12345678', false],
    ['89abcdef', false],
    ['01234567…89abcdef', false],
    ['01234567sha256:89abcdef', false],
  ])('is meant by "%s": %s', (written, same) => {
    expect(sameDigest(digest, written)).toBe(same);
  });

  it('of a gate without one is meant by nothing', () => {
    expect(sameDigest('', '01234567')).toBe(false);
    expect(short('')).toBe('');
  });

  it('is cut only when that makes it shorter', () => {
    expect(short('sha256:0123456789abc')).toBe('sha256:0123456789abc');
    expect(short('sha256:0123456789abcd')).toBe('sha256:0123456789ab…');
  });
});
