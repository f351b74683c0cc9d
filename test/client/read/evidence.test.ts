import { describe, expect, it } from 'vitest';
import { inRequests } from '../../../src/client/read/evidence.js';

const ref = (name: string, bytes = 10) => ({ digest: `sha256:${name}`, bytes });

describe('what is asked for in one request', () => {
  it('is each document once', () => {
    expect(inRequests([ref('a'), ref('b'), ref('a')])).toEqual([['sha256:a', 'sha256:b']]);
    expect(inRequests([])).toEqual([]);
  });

  it('is never more than an answer can hold', () => {
    const refs = [ref('a', 300_000), ref('b', 100_000), ref('c', 1), ref('d', 5_000_000), ref('e', 1)];
    expect(inRequests(refs)).toEqual([['sha256:a', 'sha256:b'], ['sha256:c'], ['sha256:d'], ['sha256:e']]);
    const many = inRequests(Array.from({ length: 250 }, (_, index) => ref(String(index))));
    expect(many.map((group) => group.length)).toEqual([100, 100, 50]);
  });
});
