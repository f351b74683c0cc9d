import { describe, expect, it } from 'vitest';
import {
  exitCodes,
  outcomeExitCode,
  outcomeKinds,
  outcomeWords,
  rollbackName,
  stateAfterRollback,
  verificationWords,
} from '../../src/plan/outcome.js';

describe('how a run ended', () => {
  it('has its words and its exit code, each of its own', () => {
    expect(outcomeKinds.map((kind) => [kind, outcomeWords(kind), outcomeExitCode(kind)])).toEqual([
      ['completed', 'completed', 0],
      ['failed', 'failed', 3],
      ['rolled-back-verified', 'rolled back, verified', 4],
      ['rolled-back-not-verified', 'rolled back, NOT verified', 9],
    ]);
  });

  it('has exit codes that scripts can tell apart', () => {
    const codes = Object.values(exitCodes);
    expect(new Set(codes).size).toBe(codes.length);
  });
});

describe('a rollback that is over', () => {
  it.each([
    [{ verified: true }, 'rolled back'],
    [{ verified: false, verifiedByRun: true as const }, 'rolled back'],
    [{ verified: false }, 'rolled back, NOT verified'],
    [{ verified: false, lost: true as const }, 'NOT rolled back'],
  ])('with %j leaves its phase %s', (result, state) => {
    expect(stateAfterRollback(result)).toBe(state);
  });

  it.each([
    [['1b', '1a'], 'rollback of 1b, 1a'],
    [['1a'], 'rollback of 1a'],
    [[], 'rollback with nothing left to undo'],
  ])('of the phases %j is called %s', (phases, name) => {
    expect(rollbackName({ phases })).toBe(name);
  });

  it.each([
    [{ verified: true }, 'verified'],
    [{ verified: false, verifiedByRun: true as const }, 'read back, to be verified with the rest of the run'],
    [{ verified: false, verification: 'success was 80%' }, 'NOT verified: success was 80%'],
    [{ verified: false }, 'NOT verified: no reason is known'],
    [{}, 'NOT verified: no reason is known'],
  ])('says of its verification, with %j: %s', (status, words) => {
    expect(verificationWords(status)).toBe(words);
  });
});
