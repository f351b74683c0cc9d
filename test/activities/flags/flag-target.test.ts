import { describe, expect, it } from 'vitest';
import { fail } from '../../../src/activities/fail.js';
import { createFlagTarget } from '../../../src/activities/flags/flag-target.js';
import type { FlagProvider } from '../../../src/activities/flags/index.js';
import type { LedgerEntry } from '../../../src/plan/change.js';

const entry: LedgerEntry = {
  id: '1a/enable#1',
  phase: '1a',
  step: 'enable',
  attempt: 1,
  title: 'Enable it',
  change: { type: 'flag', key: 'FLAG', enabled: true, percent: 5 },
  before: { type: 'flag', key: 'FLAG', exists: true, enabled: false, percent: 0, include: [] },
  capturedAt: 0,
  runId: 'run',
  idempotencyKey: 'key',
};

describe('the read-back of a flag', () => {
  const target = (code: 'PG302' | 'PG303'): ReturnType<typeof createFlagTarget> => {
    const read = (): Promise<never> => Promise.reject(fail(code, 'the flag system says no'));
    return createFlagTarget('FLAG', { read } as unknown as FlagProvider);
  };

  it('fails when the flag is not there', async () => {
    expect(await target('PG302').verify(entry)).toMatchObject({ verdict: 'FAIL', found: 'no such flag' });
  });

  it('has no verdict when the flag may not be read', async () => {
    await expect(target('PG303').verify(entry)).rejects.toMatchObject({ type: 'PG303' });
  });
});
