import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { approval, phase, plan, span, step, windowSpec } from '../../support/stage/plans.js';
import type { Stage } from '../../support/stage/stage.js';
import { onTerminal, phasegate } from './binary.js';
import { onCliStage } from './cli-stage.js';

let stage: Stage;
let run: string;
onCliStage((opened, named) => {
  [stage, run] = [opened, named];
});

/** As a person, without a terminal. */
const as = (person: string, ...args: string[]) => phasegate([...args, '--as', person]);
const gateOpens = () => stage.until('a gate', async () => (await stage.phase('1a')).gates[0]);
const outcome = async () => (await stage.status(stage.handleOf(stage.id))).outcome?.kind;

describe('approve', () => {
  it('is asked for by status, and is not given without a yes', async () => {
    await stage.start(plan([phase('1a', { approval: approval() })]));
    await gateOpens();

    const waiting = await phasegate(['status', run, '--exit-status']);
    expect(waiting.code).toBe(5);
    expect(waiting.stdout).toContain('◷ waiting for erin or lee until');
    expect(waiting.stdout).toContain(`phasegate approve ${run} --gate 1a/approval#1`);

    const unasked = await as('erin', 'approve', run);
    expect(unasked.code).toBe(2);
    expect(unasked.stderr).toContain('PG405');
    expect(unasked.stderr).toContain('Answer with --yes');
  });

  it('refuses whom it must, and sends a yes that is bound to what was shown', async () => {
    await stage.start(plan([phase('1a', { success: windowSpec(), approval: approval() })]));
    const gate = await gateOpens();

    const self = await as('dana', 'approve', run, '--yes');
    expect([self.code, self.stdout]).toEqual([7, '']);
    expect(self.stderr).toContain('PG205 dana started this run');
    expect(self.stderr).toContain(`phasegate status ${run}`);

    const shown = await as('dana', 'approve', run);
    expect([shown.code, shown.stdout]).toEqual([7, '']);
    expect(shown.stderr).toContain('PG205 dana started this run');
    expect(shown.stderr).not.toContain('Success criteria');
    const other = await as('carlos', 'reject', run, '--reason', 'no');
    expect(other.code).toBe(7);
    expect(other.stderr).toMatch(/PG204 carlos cannot answer 1a\/approval#1 .*may answer: erin or lee/);

    const stranger = await as('mallory', 'approve', run, '--yes');
    expect(stranger.code).toBe(7);
    expect(stranger.stderr).toContain("PG204 mallory is not one of this environment's people");

    const unasked = await as('mallory', 'approve', run);
    expect([unasked.code, unasked.stdout]).toEqual([7, '']);
    expect(unasked.stderr).toContain('PG204 mallory');
    expect(unasked.stderr).toContain('erin or lee may answer 1a/approval#1. Say who you are with --as NAME');

    const changed = await as('erin', 'approve', run, '--yes', '--digest', 'sha256:ffffffffffff');
    expect(changed.code).toBe(7);
    expect(changed.stderr).toContain('PG206');

    const given = await as('erin', 'approve', run, '--yes', '--digest', gate.digest);
    expect(given.stderr).toContain('Success criteria');
    expect(given.stderr).toContain(`bound to ${gate.digest}`);
    expect(given.stderr).toContain('names are believed here, not verified');
    expect(given.code).toBe(0);
    expect(given.stdout).toMatch(/^erin approved .*\n$/);

    await stage.until('the end', async () => (await outcome()) === 'completed');
    const late = await as('lee', 'approve', run, '--yes');
    expect(late.code).toBe(7);
    expect(late.stderr).toMatch(
      /PG203 no gate of \S+ is open that could take "approve": erin approved 1a\/approval#1 at [\d -:]+Z; the run ended at [\d -:]+Z: completed/
    );
    expect(late.stderr).toContain(`phasegate report ${run}`);
    const repeated = await as('erin', 'approve', run, '--yes', '--gate', '1a/approval');
    expect(repeated.code).toBe(7);
    expect(repeated.stderr).toMatch(/PG208 1a\/approval is not open .*: erin approved 1a\/approval#1 at /);
    const retried = await as('erin', 'retry', run, '--yes');
    expect(retried.stderr).toMatch(/PG203 [^:]*: the run ended at /);
    const paused = await as('dana', 'pause', run);
    expect(paused.code).toBe(7);
    expect(paused.stderr).toContain(`Read what happened: phasegate report ${run}`);
    for (const [verb, ...args] of [
      ['approve', '--gate', 'p9/x'],
      ['approve', '--gate', ' /garbage?'],
      ['attest', '1a/nonsense', '--answer', 'done'],
    ]) {
      const unknown = await as('erin', verb ?? '', ...args, ...(verb === 'attest' ? [run] : ['--yes']));
      expect(unknown.code, args.join(' ')).toBe(6);
      expect(unknown.stderr).toContain('PG209');
    }
  });

  it('asks on a terminal, and takes nothing but a yes for a yes', async () => {
    await stage.start(plan([phase('1a', { approval: approval() })]));
    await gateOpens();
    const no = await onTerminal(['approve', run, '--as', 'erin'], '\n');
    expect(no.screen).toContain('Approve: 1a/approval#1');
    expect(no.screen).toContain('Nothing was sent.');
    expect(no.code).toBe(7);
    expect((await stage.phase('1a')).decisions).toEqual([]);
    const yes = await onTerminal(['approve', run, '--as', 'erin'], 'y\n');
    expect(yes.screen).toContain('erin approved');
    expect(yes.code).toBe(0);
  });
});

describe('attest', () => {
  it('lists what waits for a person, and answers all of it at once', async () => {
    const item = step.attest('team');
    await stage.start(plan([phase('1a', { before: [item, step.attest('board')] })]));
    await stage.until('both items', async () => (await stage.phase('1a')).gates.length === 2);
    const listed = await as('erin', 'attest', '--all', run);
    expect(listed.code).toBe(0);
    expect(listed.stderr).toContain('2 of 2 open items wait for erin');
    expect(listed.stdout).toContain('1a/board#1');
    const unnamed = await as('carlos', 'retry', run, '--yes');
    expect(unnamed.code).toBe(7);
    expect(unnamed.stderr).toMatch(/PG203 no gate of \S+ is open that could take "retry": it is waiting now: /);
    const mine = await as('erin', 'attest', '--all', run, '--answer', 'done', '--yes', '--json');
    expect(JSON.parse(mine.stdout)).toMatchObject({ schemaVersion: 1, sent: [{ how: 'update' }, { how: 'update' }] });
    await stage.until('the end', async () => (await outcome()) === 'completed');
  });

  it('says for each item what became of it, and exits with the worst; names are forgiven their case', async () => {
    stage.world.onIdentity = ({ statement }) => {
      if (statement.gate === '1a/team#1') throw ApplicationFailure.nonRetryable('the key server is away');
    };
    await stage.start(plan([phase('1a', { before: [step.attest('team'), step.attest('board')] })]));
    await stage.until('both items', async () => (await stage.phase('1a')).gates.length === 2);
    const { code, stdout, stderr } = await as('ERIN', 'attest', '--all', run, '--answer', 'done', '--yes', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      sent: [{ how: 'update' }],
      failed: [{ item: '1a/team#1', error: expect.stringContaining('PG402') as string }],
    });
    expect(stderr).toContain('1a/team#1 was not answered:');
    expect(stderr).toContain('1 of 2 items answered');
    expect(code).toBe(8);
  });
});

describe('reject', () => {
  it('says no with a reason; the phase is rolled back and watch says so', async () => {
    await stage.start(plan([phase('1a', { approval: approval() })]));
    await gateOpens();
    const { code, stdout } = await as(
      'erin',
      'reject',
      run,
      '--reason',
      'error budget is spent',
      '--yes',
      '-o',
      'json'
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, how: 'update', repeated: false });
    const watched = await phasegate(['watch', run, '--progress', 'plain']);
    expect(watched.code).toBe(4);
    expect(watched.stdout).toContain('erin rejected: error budget is spent');
    expect(watched.stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^rolled back, verified: .*identities were not verified$/
    );
  });
});

describe('list', () => {
  it('shows who is awaited, and for a person only what waits for them', async () => {
    await stage.start(plan([phase('1a', { approval: approval() })]));
    await gateOpens();
    const find = async (...args: string[]) => {
      const { stdout } = await phasegate(['list', '-o', 'ndjson', ...args]);
      const rows = stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { workflowId: string });
      return rows.find((row) => row.workflowId === stage.id);
    };
    // The visibility store may be a moment behind.
    const mine = await stage.until('the list', () => find('--awaiting', 'me', '--as', 'erin'));
    expect(mine).toMatchObject({ schemaVersion: 1, state: 'waiting', phase: '1a', awaiting: ['erin', 'lee'] });
    expect(await find('--awaiting', 'dana')).toBeUndefined();
    expect((await phasegate(['list'])).stdout).toMatch(new RegExp(`${run}\\s+◷ waiting\\s+1a.*erin or lee until`));
    const narrow = await onTerminal(['list'], '', { columns: 60, env: { NO_COLOR: '1' } });
    const lines = narrow.screen.trimEnd().split('\r\n');
    expect(lines.find((line) => line.startsWith(run))).toMatch(/…$/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  });
});

describe('a HOLD', () => {
  const held = () =>
    stage.start(
      plan([phase('1a', { steps: [step.flag('core'), step.check('health', { onFail: 'hold' })] })], {
        hold: { deadline: span(600_000), then: 'rollback' },
      })
    );

  it('is answered by retry', async () => {
    let verdicts = 0;
    stage.world.onCheck = () => (verdicts++ === 0 ? 'FAIL' : 'PASS');
    await held();
    await gateOpens();
    const { code, stdout } = await as('dana', 'retry', run, '--gate', '1a/health', '--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('1a/health#1');
    await stage.until('the end', async () => (await outcome()) === 'completed');
  });

  it('is answered by name when several are open', async () => {
    stage.world.onCheck = () => 'FAIL';
    const before = ['backups', 'health'].map((id) => step.check(id, { onFail: 'hold' }));
    await stage.start(plan([phase('1a', { before })], { hold: { deadline: span(600_000), then: 'rollback' } }));
    await stage.until('both gates', async () => (await stage.phase('1a')).gates.length === 2);
    const { code, stderr } = await as('dana', 'retry', run, '--yes');
    expect(code).toBe(2);
    expect(stderr).toMatch(/PG404 several gates could take "retry": 1a\/\w+#1, 1a\/\w+#1/);
    expect(stderr).toMatch(/1a\/backups#1 +hold +Check backups/);
    expect(stderr).toContain(`phasegate retry ${run} --gate 1a/`);
  });

  it('is passed by a waiver of somebody who may, with a reason that stays in the report', async () => {
    stage.world.onCheck = () => 'FAIL';
    await held();
    await gateOpens();
    expect((await as('erin', 'waive', run, '--reason', 'I say so', '--yes')).code).toBe(7);
    expect((await as('carlos', 'waive', run, '--reason', 'known and harmless', '--yes')).code).toBe(0);
    await stage.until('the end', async () => (await outcome()) === 'completed');
    const { code, stdout } = await phasegate(['report', run]);
    expect(code).toBe(0);
    expect(stdout).toContain('### Waivers');
    expect(stdout).toContain('| carlos | known and harmless |');
    const json = JSON.parse((await phasegate(['report', run, '-o', 'json'])).stdout) as {
      schemaVersion: number;
      headline: string;
    };
    expect(json.schemaVersion).toBe(1);
    expect(json.headline).toMatch(/^completed: /);
  });
});

describe('pause and resume', () => {
  it('stop before the next step, and go on', async () => {
    await stage.start(plan([phase('1a', { before: [step.attest('team')], steps: [step.flag('core')] })]));
    await gateOpens();
    expect((await as('dana', 'pause', run, '--reason', 'network team')).stdout).toMatch(/^paused /);
    expect((await phasegate(['status', run])).stdout.split('\n').slice(0, 5).join('\n')).toContain(
      '‖ paused by dana at'
    );
    expect((await as('erin', 'attest', '1a/team', run, '--answer', 'done', '--yes')).code).toBe(0);
    await stage.until('the pause', async () => (await stage.phase('1a')).state === 'paused');
    expect(stage.world.effects).toEqual([]);
    const { stdout } = await phasegate(['status', run]);
    expect(stdout).toContain('‖ paused by dana: network team');
    const paused = new RegExp(`${run}\\s+‖ paused`);
    await stage.until('the list', async () => paused.test((await phasegate(['list'])).stdout));
    const again = await as('erin', 'pause', run);
    expect(again.stdout).toMatch(/^it is paused already, since [\d-]+ [\d:]+Z by dana \(network team\)\n$/);
    expect((await as('dana', 'resume', run)).stdout).toContain('resumed');
    await stage.until('the end', async () => (await outcome()) === 'completed');
  });
});

describe('a run that does not exist', () => {
  it.each([
    ['status'],
    ['watch'],
    ['report'],
    ['approve', '--yes'],
    ['pause'],
    ['rollback', '--reason', 'x', '--confirm', 'x'],
  ])('is not found by %s, exit code 6', async (verb, ...flags) => {
    const { code, stderr } = await phasegate([verb ?? '', 'no-such-run', ...flags]);
    expect(stderr).toContain('PG403 there is no run no-such-run');
    expect(code).toBe(6);
  });
});
