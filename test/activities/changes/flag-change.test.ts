import { rmSync, statSync, writeFileSync } from 'node:fs';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { EnvironmentActivities } from '../../../src/activities/contract.js';
import type { Change } from '../../../src/plan/change.js';
import { captureInput, testEnvironment } from '../../support/activities/environment.js';
import { flagdFixture, flagsText } from '../../support/activities/flagd-file.js';
import type { FlagdFixture } from '../../support/activities/flagd-file.js';
import { activitiesOn } from '../../support/activities/run-activity.js';

const key = 'ENABLE_X';
const environment = testEnvironment();
const five: Change = { type: 'flag', key, enabled: true, percent: 5, include: ['tester'] };

function stage(text?: string): FlagdFixture & { activities: EnvironmentActivities } {
  const fixture = flagdFixture(text);
  return {
    ...fixture,
    activities: activitiesOn(fixture.tools, { workflowExecution: { workflowId: 'w', runId: 'r1' } }),
  };
}

describe('changing a flag', () => {
  it('captures what is there, with an idempotency key of run, execution, step and attempt, and changes nothing', async () => {
    const { activities, text } = stage();
    const entry = await activities.captureChange(captureInput(five, environment));
    expect(entry).toMatchObject({
      id: '1a/enable#1',
      title: 'Enable it',
      runId: 'r1',
      idempotencyKey: 'migration/test/plan:r1:1a/enable#1',
      before: { type: 'flag', exists: true, enabled: false, percent: 0, include: [] },
    });
    expect(text()).toBe(flagsText);
  });

  it('applies, verifies through the official evaluator, and undoes to the very text of before', async () => {
    const { activities, text } = stage();
    const entry = await activities.captureChange(captureInput(five, environment));
    const applied = await activities.applyChange({ entry, environment });
    expect(applied).toMatchObject({ verdict: 'PASS', reason: 'ENABLE_X is now on for 5 %, always for tester' });
    const verified = await activities.verifyChange({ entry, environment });
    expect(verified.verdict).toBe('PASS');
    expect(verified.found).toMatch(/^on for 5 %, always for tester \(\d\.\d % of 2000 sample users and tester\)$/);
    const undone = await activities.undoChange({ entry, environment, key: 'undo-1' });
    expect(undone).toMatchObject({ entryId: entry.id, changed: true, state: entry.before });
    expect(undone.reason).toBe('ENABLE_X is put back: off');
    expect(text()).toBe(flagsText);
  });

  it('is undone, and says so, although the evidence of that can be stored nowhere', async () => {
    const { activities, text, tools } = stage();
    const entry = await activities.captureChange(captureInput(five, environment));
    await activities.applyChange({ entry, environment });
    tools.evidence.put = () => Promise.reject(new Error('ENOSPC: no space left on device'));
    const undone = await activities.undoChange({ entry, environment, key: 'undo-1' });
    expect(undone.reason).toBe(
      'ENABLE_X is put back: off (its evidence could not be stored: ENOSPC: no space left on device)'
    );
    expect(text()).toBe(flagsText);
    expect(tools.lines.at(-1)).toMatchObject({ level: 'error' });
  });

  it('applied a second time touches nothing, and so does an undo of what is undone', async () => {
    const { activities, file } = stage();
    const entry = await activities.captureChange(captureInput(five, environment));
    await activities.applyChange({ entry, environment });
    const inode = statSync(file).ino;
    expect((await activities.applyChange({ entry, environment })).reason).toContain('is already on for 5 %');
    expect(statSync(file).ino).toBe(inode);
    await activities.undoChange({ entry, environment, key: 'u' });
    const after = statSync(file).ino;
    const again = await activities.undoChange({ entry, environment, key: 'u' });
    expect(again).toMatchObject({ changed: false, reason: 'ENABLE_X is already: off' });
    expect(statSync(file).ino).toBe(after);
  });

  it('attempts that overlap write once, forward and back', async () => {
    const { activities, text, flag } = stage();
    const entry = await activities.captureChange(captureInput(five, environment));
    const applied = await Promise.all([1, 2, 3].map(() => activities.applyChange({ entry, environment })));
    expect(applied.map(({ verdict }) => verdict)).toEqual(['PASS', 'PASS', 'PASS']);
    expect(applied.filter(({ reason }) => reason.includes('is now on for 5 %'))).toHaveLength(1);
    expect(applied.filter(({ reason }) => reason.includes('is already on for 5 %'))).toHaveLength(2);
    expect(flag(key)).toHaveProperty('targeting');
    const undone = await Promise.all([1, 2, 3].map(() => activities.undoChange({ entry, environment, key: 'u' })));
    expect(undone.filter(({ changed }) => changed)).toHaveLength(1);
    expect(text()).toBe(flagsText);
  });

  it('traffic keeps who is included, and an undo of the first change goes straight back', async () => {
    const { activities, text } = stage();
    const enable = await activities.captureChange(captureInput(five, environment));
    await activities.applyChange({ entry: enable, environment });
    const more: Change = { type: 'flag', key, enabled: true, percent: 100 };
    const ramp = await activities.captureChange(captureInput(more, environment));
    await activities.applyChange({ entry: ramp, environment });
    expect(await activities.verifyChange({ entry: ramp, environment })).toMatchObject({ verdict: 'PASS' });
    expect((await activities.verifyChange({ entry: enable, environment })).reason).toContain(
      'is on for 100 %, always for tester, not on for 5 %, always for tester'
    );
    await activities.undoChange({ entry: enable, environment, key: 'u' });
    expect(text()).toBe(flagsText);
  });

  it('an unknown flag cannot be captured: PG302, not worth a retry', async () => {
    const { activities } = stage('{"flags":{}}');
    await expect(activities.captureChange(captureInput(five, environment))).rejects.toMatchObject({
      type: 'PG302',
      nonRetryable: true,
      message: expect.stringMatching(/^flag ENABLE_X does not exist \(.*flags\.json\)\. Create the flag/) as string,
    });
  });

  it('a flag that is deleted after its capture: apply and verify are FAIL, the undo brings it back', async () => {
    const { activities, file, flag } = stage();
    const entry = await activities.captureChange(captureInput(five, environment));
    writeFileSync(file, '{"flags":{}}');
    expect(await activities.applyChange({ entry, environment })).toMatchObject({ verdict: 'FAIL' });
    expect(await activities.verifyChange({ entry, environment })).toMatchObject({
      verdict: 'FAIL',
      found: 'no such flag',
    });
    await activities.undoChange({ entry, environment, key: 'u' });
    expect(flag()).toMatchObject({ defaultVariant: 'off' });
  });

  it('a flag file that is gone is worth a retry in every step', async () => {
    const { activities, file } = stage();
    const entry = await activities.captureChange(captureInput(five, environment));
    rmSync(file);
    const calls = [
      activities.captureChange(captureInput(five, environment)),
      activities.applyChange({ entry, environment }),
      activities.verifyChange({ entry, environment }),
      activities.undoChange({ entry, environment, key: 'u' }),
    ];
    const isRetried = { type: 'PG301', nonRetryable: false };
    // All are heard at once: one that failed while another is waited for would be nobody's.
    await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject(isRetried)));
  });

  it('every step leaves evidence of what it read and wrote, found again by its digest', async () => {
    const { activities } = stage();
    const entry = await activities.captureChange(captureInput(five, environment));
    const { evidence } = await activities.applyChange({ entry, environment });
    const stored = JSON.parse(await activities.readEvidence({ digest: evidence.digest })) as Record<string, unknown>;
    expect(stored).toMatchObject({
      kind: 'apply',
      document: {
        verdict: 'PASS',
        entry: { idempotencyKey: entry.idempotencyKey },
        exchanges: [{ key, idempotencyKey: entry.idempotencyKey, changed: true }],
      },
    });
  });

  it('a definition that is too large to be kept is not captured: the phase could never end', async () => {
    const users = (bytes: number): string => flagsText.replace('temporary', 'u'.repeat(bytes));
    const { activities } = stage(users(64 * 1024));
    await expect(activities.captureChange(captureInput(five, environment))).rejects.toMatchObject({
      type: 'PG321',
      nonRetryable: true,
      message: expect.stringMatching(
        /^the state of flag ENABLE_X has 65 KiB, of which a run keeps 64 KiB\. Shorten the definition of the flag/
      ) as string,
    });
    const { activities: fitting } = stage(users(63 * 1024));
    expect(await fitting.captureChange(captureInput(five, environment))).toMatchObject({ id: '1a/enable#1' });
  });

  it('a definition that contains the value of a secret is not captured: the history would show it, or the undo alter it', async () => {
    const { activities, tools } = stage();
    tools.secrets.remember('chat-team', 'env:WORD');
    const capture = activities.captureChange(captureInput(five, environment));
    await expect(capture).rejects.toMatchObject({ type: 'PG303', nonRetryable: true });
    await expect(capture).rejects.toBeInstanceOf(ApplicationFailure);
  });
});
