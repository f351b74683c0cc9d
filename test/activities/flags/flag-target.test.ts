import { describe, expect, it } from 'vitest';
import { fail } from '../../../src/activities/fail.js';
import { createFlagTarget } from '../../../src/activities/flags/flag-target.js';
import type { FlagProvider } from '../../../src/activities/flags/index.js';
import type { FlagState, LedgerEntry } from '../../../src/plan/change.js';

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

describe('a flag that cannot be put back', () => {
  const target = (read: FlagProvider['read'], nonRetryable = true): ReturnType<typeof createFlagTarget> => {
    const restore = (): Promise<never> => Promise.reject(fail('PG303', 'refused', { retryable: !nonRetryable }));
    return createFlagTarget('FLAG', { read, restore } as unknown as FlagProvider);
  };
  const undo = (read: FlagProvider['read'], nonRetryable?: boolean): Promise<unknown> =>
    target(read, nonRetryable).undo(entry, 'key');
  const before = entry.before as FlagState;

  it('says that it reads as before already, and what was refused', async () => {
    await expect(undo(() => Promise.resolve(before))).rejects.toMatchObject({
      type: 'PG303',
      message: expect.stringMatching(/^FLAG could not be put back, it reads off already\. refused\. /) as string,
      nonRetryable: true,
    });
  });

  it('says what it reads instead, and is tried again as often as before', async () => {
    const read = (): Promise<FlagState> => Promise.resolve({ ...before, enabled: true, percent: 5 });
    await expect(undo(read, false)).rejects.toMatchObject({
      message: expect.stringMatching(/^FLAG could not be put back, it reads .*5 ?%.*\. refused/) as string,
      nonRetryable: false,
    });
  });

  it('says only why where it cannot be read either', async () => {
    const read = (): Promise<never> => Promise.reject(fail('PG301', 'away'));
    await expect(undo(read)).rejects.toMatchObject({
      type: 'PG303',
      message: expect.stringMatching(/^refused\. /) as string,
    });
  });
});
