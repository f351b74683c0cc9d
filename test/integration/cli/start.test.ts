import { describe, expect, it } from 'vitest';
import type { WindowInput } from '../../../src/activities/contract.js';
import type { Stage } from '../../support/stage/stage.js';
import { onTerminal, phasegate, Running } from './binary.js';
import { onCliStage } from './cli-stage.js';
import { documents } from './documents.js';

let stage: Stage;
/** The plan id of the present test. */
let plan: string;
onCliStage((opened) => {
  stage = opened;
  plan = opened.planId;
});

async function started(args: readonly string[]): Promise<void> {
  const { code, stderr } = await phasegate(['start', ...args, '--yes', '-q']);
  expect(code, stderr).toBe(0);
}
const end = (...args: string[]) =>
  phasegate(['rollback', stage.id, '--reason', 'the test is over', '--confirm', stage.environment.id, ...args]);

describe('start', () => {
  it('is refused to somebody who is not one of the people of the environment', async () => {
    const { args } = documents(stage.environment.id, { plan });
    const { code, stdout, stderr } = await phasegate(['start', ...args, '--yes', '--as', 'mallory']);
    expect([code, stdout]).toEqual([7, '']);
    expect(stderr).toContain("PG204 mallory is not one of this environment's people (dana, erin, lee, carlos)");
    expect(stderr).toContain(`(environment ${stage.environment.id})`);
    expect(stderr).toContain('--as NAME');
  });

  it('previews on stderr and prints only the workflow id in a pipe; a second start is refused', async () => {
    const { args } = documents(stage.environment.id, { plan });
    const digest = (await phasegate(['plan', ...args, '-o', 'name'])).stdout.trim();
    const other = await phasegate(['start', ...args, '--yes', '--digest', `sha256:${'0'.repeat(64)}`]);
    expect([other.code, other.stdout]).toEqual([7, '']);
    expect(other.stderr).toContain('PG206');

    const unasked = await phasegate(['start', ...args]);
    expect([unasked.code, unasked.stdout]).toEqual([2, '']);
    expect(unasked.stderr).toContain('PG405');

    const started = await phasegate(['start', ...args, '--yes', '--digest', digest]);
    expect([started.code, started.stdout]).toEqual([0, `${stage.id}\n`]);
    expect(started.stderr).toContain('approval by 1 lead (erin or lee)');
    expect(started.stderr).toContain('names are believed and not verified');

    const again = await phasegate(['start', ...args, '--yes', '-q']);
    expect([again.code, again.stdout]).toEqual([7, '']);
    expect(again.stderr).toContain(`PG201 ${stage.id} is running`);

    const neighbour = documents(stage.environment.id, { plan: `${plan}-b` });
    const locked = await stage.until('the lock', async () => {
      const answer = await phasegate(['start', ...neighbour.args, '--yes', '-q']);
      return answer.code === 7 && answer;
    });
    expect(locked.stderr).toContain(`PG202 flag/FLAG_CORE is held by ${stage.id}, started by dana, which is running`);
  });

  it('asks on a terminal, and in production for the name of the environment, which --yes does not give', async () => {
    const { args } = documents(stage.environment.id, { kind: 'production', plan });
    const yes = await phasegate(['start', ...args, '--yes', '-q']);
    expect(yes.code).toBe(2);
    expect(yes.stderr).toContain(`Answer with --confirm ${stage.environment.id}`);
    const wrong = await phasegate(['start', ...args, '--confirm', 'prod', '-q']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('PG406 "prod" is not');
    const typed = await onTerminal(['start', ...args, '-q'], `${stage.environment.id}\n`);
    expect(typed.screen).toContain(`Type ${stage.environment.id} to go on`);
    expect(typed.screen).toContain(stage.id);
    expect(typed.code).toBe(0);
    await stage.until('the approval', async () => (await stage.phase('1a')).gates[0]);
  });

  it('is refused in production for a plan that nobody approved', async () => {
    const pending = 'document: { status: ready, owner: manager, updated: 2025-09-10, approval: { role: lead } }';
    const { args } = documents(stage.environment.id, { kind: 'production', plan, more: pending });
    const shown = await phasegate(['plan', ...args]);
    expect(shown.stdout).toContain('plan: ready, kept by manager, updated 2025-09-10, NOT approved yet (lead)');
    expect(shown.stdout).toContain('the plan is not approved, and does not start in production');
    const { code, stdout, stderr } = await phasegate(['start', ...args, '--confirm', stage.environment.id, '-q']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('PG117 the plan is not approved: a lead must approve it before it starts in production');
    expect(stderr).toContain('under document in the plan');
  });

  it('follows the run with --watch and exits with its outcome', async () => {
    const never = new Promise<never>(() => undefined);
    const verdicts = (one: string, verdict: 'HOLD' | 'FAIL') => (input: WindowInput) =>
      // Nothing but an answer ends the HOLD.
      input.untilRecovered ? never : input.origin.address === one ? verdict : 'PASS';
    stage.world.onWindow = verdicts('1a/success#1', 'HOLD');
    const { args } = documents(stage.environment.id, { plan });
    const watching = new Running(['start', ...args, '--yes', '-q', '--watch', '--timeout', '50s']);
    const held = await stage.until('the HOLD', async () => (await stage.phase('1a')).gates[0]);
    expect(held.kind).toBe('hold');
    await watching.says('1a/success#1  ■ on hold');
    stage.world.onWindow = verdicts('1a/success#2', 'FAIL');
    expect((await phasegate(['retry', stage.id, '--yes'])).code).toBe(0);
    const { code, stdout, stderr } = await watching.ended;
    expect(stdout).toBe(`${stage.id}\n`);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^rolled back, verified: .* · identities were not verified$/);
    expect(code).toBe(4);
  });
});

describe('rollback', () => {
  it('says what it will undo and in which order, wants the name of the environment, and follows to the end', async () => {
    const { args } = documents(stage.environment.id, { plan });
    await started(args);
    await stage.until('the approval', async () => (await stage.phase('1a')).gates[0]);

    const unasked = await phasegate(['rollback', stage.id, '--reason', 'why', '--no-input']);
    expect([unasked.code, unasked.stdout]).toEqual([2, '']);
    expect(unasked.stderr).toContain('PG405');
    expect(unasked.stderr).toMatch(
      /1\. +1a\/enable#1 +flag\/FLAG_CORE back to off[\s\S]*2\. +1a\/deploy#1 +deploy\/core back to revision v1/
    );

    const yes = await phasegate(['rollback', stage.id, '--reason', 'why', '--yes']);
    expect([yes.code, yes.stdout]).toEqual([2, '']);
    expect(yes.stderr).toContain('PG406 --yes is not enough');
    expect(yes.stderr).toContain(`Confirm with --confirm ${stage.environment.id}`);

    const stranger = await phasegate(['rollback', stage.id, '--reason', 'why', '--as', 'mallory']);
    expect(stranger.code).toBe(7);
    expect(stranger.stderr).toContain('PG204 mallory');
    expect(stage.world.changed()).toEqual(['flag/FLAG_CORE', 'deploy/core']);

    const { code, stdout } = await end('--progress', 'plain');
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^rolled back, verified: /);
    expect(code).toBe(4);
    expect(stage.world.changed()).toEqual([]);
  });

  it('takes back a completed run, says so from then on, and does nothing a second time', async () => {
    const { args } = documents(stage.environment.id, { plan });
    await started(args);
    await stage.until('the approval', async () => (await stage.phase('1a')).gates[0]);
    await phasegate(['approve', stage.id, '--yes', '--as', 'erin']);
    expect((await phasegate(['watch', stage.id])).code).toBe(0);
    expect(stage.world.changed()).toEqual(['flag/FLAG_CORE', 'deploy/core']);

    const taken = await end('--progress', 'json');
    expect(taken.stderr).toContain(`started ${stage.id}/rollback/again-1`);
    const last = JSON.parse(taken.stdout.trimEnd().split('\n').at(-1) ?? '') as object;
    expect(last).toMatchObject({
      schemaVersion: 1,
      type: 'outcome',
      outcome: { kind: 'rolled-back-verified' },
      exitCode: 4,
    });
    expect(taken.code).toBe(4);
    expect(stage.world.changed()).toEqual([]);
    // The visibility store may be a moment behind.
    await stage.until(
      'the store',
      async () => (await phasegate(['status', stage.id, '--exit-status', '-o', 'name'])).code === 4
    );

    const twice = await end('-o', 'json');
    expect(twice.stderr).toContain('Nothing is in force that could be undone. No lock is held.');
    expect(JSON.parse(twice.stdout)).toMatchObject({ schemaVersion: 1, workflowId: stage.id, exitCode: 4 });
    expect(twice.code).toBe(4);
  });

  it('finishes what a termination left behind; until then the plan cannot be started', async () => {
    const { args } = documents(stage.environment.id, { plan });
    await started(args);
    const phase = stage.handleOf(`${stage.id}/phase/1a`);
    await stage.until('the approval', async () => (await stage.phase('1a')).gates[0]);
    // The phase first: terminated with its parent alive it has nobody left to undo it but the person who did that.
    await phase.terminate('the test says so');
    await stage.handleOf(stage.id).terminate('the test says so');

    const seen = await stage.until('the store', async () => {
      const now = await phasegate(['status', stage.id, '--exit-status']);
      return now.code === 9 && now;
    });
    expect(seen.stdout).toContain(
      'rolled back, NOT verified: the run was terminated; still in force: 1a/enable#1, 1a/deploy#1.'
    );
    const refused = await phasegate(['start', ...args, '--yes', '-q']);
    expect(refused.code).toBe(7);
    expect(refused.stderr).toContain(`PG210`);
    const [, what = ''] = /Finish it with: phasegate rollback (\S+) --reason "why"/.exec(refused.stderr) ?? [];
    expect(stage.id.endsWith(`/${what}`)).toBe(true);
    expect(refused.stderr).toContain(`--confirm ${stage.environment.id}`);

    const taken = await end('--json');
    expect(JSON.parse(taken.stdout)).toMatchObject({ outcome: { kind: 'rolled-back-verified' }, exitCode: 4 });
    expect(taken.code).toBe(4);
    expect(stage.world.changed()).toEqual([]);
    expect((await phasegate(['start', ...args, '--yes', '-q'])).code).toBe(0);
  });
});
