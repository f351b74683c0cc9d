import { describe, expect, it } from 'vitest';
import { errorCatalogue } from '../../src/plan/error-catalogue.js';
import { describeError, formatError, isErrorCode, isRetryable, PhasegateError } from '../../src/plan/errors.js';

describe('coded errors', () => {
  it('carry the hint of the catalogue, or their own', () => {
    expect(new PhasegateError('PG302', 'flag X does not exist').hint).toBe(errorCatalogue.PG302.hint);
    expect(new PhasegateError('PG302', 'flag X does not exist', { hint: 'Look in production.' }).hint).toBe(
      'Look in production.'
    );
  });

  it('say what, where and what to do next', () => {
    const error = new PhasegateError('PG403', 'there is no run "x"', {
      where: 'namespace default',
      cause: new Error('inner'),
    });
    expect(formatError(error)).toBe('PG403 there is no run "x" (namespace default)\n  See the runs: phasegate list');
    expect(error).toMatchObject({ name: 'PhasegateError', retryable: false, cause: { message: 'inner' } });
  });

  it('say nothing of a place or a cause that nobody knows', () => {
    const error = new PhasegateError('PG301', 'no answer');
    expect(formatError(error)).toBe(`PG301 no answer\n  ${errorCatalogue.PG301.hint}`);
    expect(error).toMatchObject({ message: 'no answer', where: undefined, retryable: true });
    expect('cause' in error).toBe(false);
  });

  it('know which of them may be tried again', () => {
    expect(isRetryable('PG301')).toBe(true);
    expect(isRetryable('PG303')).toBe(false);
    expect(describeError('PG306').retryable).toBe(true);
  });

  it('are told from other texts', () => {
    expect(isErrorCode('PG201')).toBe(true);
    expect(isErrorCode('PG999')).toBe(false);
    expect(isErrorCode('constructor')).toBe(false);
  });

  it('each have a title of their own, without a full stop, and a hint with one thing to do', () => {
    const entries = Object.entries(errorCatalogue);
    expect(new Set(entries.map(([, entry]) => entry.title)).size).toBe(entries.length);
    for (const [code, { title, hint }] of entries) {
      expect(title, code).toMatch(/^[A-Z].*[^.]$/);
      expect(hint.length, code).toBeGreaterThan(10);
    }
  });
});
