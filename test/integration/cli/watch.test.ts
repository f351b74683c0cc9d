import { describe, expect, it } from 'vitest';
import { approval, phase, plan, step } from '../../support/stage/plans.js';
import type { Stage } from '../../support/stage/stage.js';
import { onTerminal, phasegate, Running } from './binary.js';
import { onCliStage } from './cli-stage.js';

let stage: Stage;
onCliStage((opened) => {
  stage = opened;
});

const waiting = plan([phase('1a', { steps: [step.flag('core')], approval: approval() })]);
const gateOpens = () => stage.until('the approval', async () => (await stage.phase('1a')).gates[0]);

describe('watch', () => {
  it('leaves on Ctrl-C: the run goes on, and it says how to come back', async () => {
    await stage.start(waiting);
    const watching = new Running(['watch', stage.id]);
    await watching.says('1a/approval#1  ◷ waiting');
    watching.process.kill('SIGINT');
    const { code, stderr } = await watching.ended;
    expect(code).toBe(130);
    expect(stderr).toContain(
      `Left: the run goes on. Come back with: phasegate watch ${stage.id.replace('migration/', '')}`
    );
    expect((await gateOpens()).address).toBe('1a/approval#1');
  });

  it('says nothing of a run that goes on where Ctrl-C ends more than the watch', async () => {
    await stage.start(waiting);
    const watching = new Running(['watch', stage.id], { env: { PHASEGATE_LEAVING: 'stops the demo' } });
    await watching.says('1a/approval#1  ◷ waiting');
    watching.process.kill('SIGINT');
    const { code, stderr } = await watching.ended;
    expect(code).toBe(130);
    expect(stderr).toBe('');
  });

  it('gives up after --timeout with 124 and says what is awaited; the run goes on', async () => {
    await stage.start(waiting);
    await gateOpens();
    const { code, stderr } = await phasegate(['watch', stage.id, '--timeout', '6s']);
    expect(code).toBe(124);
    expect(stderr).toContain('Time is up: the run goes on.');
    expect(stderr).toContain('waiting: Approval of Phase 1a');
    const wrong = await phasegate(['watch', stage.id, '--timeout', 'soon']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('PG407 --timeout soon is no time');
  });

  it('prints events and the outcome as JSON lines', async () => {
    await stage.start(plan([phase('1a', { before: [step.check('backups')] })]));
    const { code, stdout } = await phasegate(['watch', stage.id, '--progress', 'json']);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({ schemaVersion: 1, type: 'event', about: 'run', state: 'running' });
    expect(lines.at(-1)).toMatchObject({ type: 'outcome', outcome: { kind: 'completed' }, exitCode: 0 });
    expect(code).toBe(0);
  });

  it('exits with 3 when the run failed before any change', async () => {
    stage.world.onCheck = () => 'FAIL';
    await stage.start(plan([phase('1a', { before: [step.check('backups')] })]));
    const { code, stdout } = await phasegate(['watch', stage.id]);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^failed: /);
    expect(code).toBe(3);
    expect((await phasegate(['status', stage.id, '--exit-status', '-o', 'name'])).code).toBe(3);
  });

  it('exits with 9 when the rollback could not be verified, and says NOT', async () => {
    stage.world.onWindow = (input) => (input.origin.address.startsWith('rollback/') ? 'FAIL' : 'PASS');
    stage.world.onCheck = () => 'FAIL';
    await stage.start(plan([phase('1a', { steps: [step.flag('core'), step.check('health')] })]));
    const { code, stdout } = await phasegate(['watch', stage.id]);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^rolled back, NOT verified: .* · identities were not verified$/
    );
    expect(code).toBe(9);
  });

  it('draws in place on a terminal, leaves the last picture, and ends with the outcome', async () => {
    await stage.start(plan([phase('1a', { steps: [step.flag('core')] })]));
    const { code, screen } = await onTerminal(['watch', stage.id], '');
    expect(code).toBe(0);
    expect(screen).toContain('\u001b[?2026h');
    expect(screen.lastIndexOf('\u001b[?25h')).toBeGreaterThan(screen.lastIndexOf('\u001b[?25l'));
    expect(screen).toContain('The whole story: phasegate report');
    expect(screen.trimEnd().split('\n').at(-1)).toMatch(
      /completed: its one phase, 1a, completed · identities were not verified\s*$/
    );
  });
});

describe('an undo that keeps failing', () => {
  it('puts the run on hold, and is taken over by hand', async () => {
    stage.world.onUndo = () => {
      throw new Error('the flag console is down');
    };
    stage.world.onCheck = () => 'FAIL';
    await stage.start(plan([phase('1a', { steps: [step.flag('core'), step.check('health')] })]));
    const held = await stage.until('the failing undo', async () => (await stage.rollback('1a')).gates[0]);
    const status = await stage.until('the status', async () => {
      const seen = await phasegate(['status', stage.id, '--exit-status']);
      return seen.code === 5 && seen.stdout.includes('takeover') && seen;
    });
    expect(status.stdout).toContain(
      `phasegate takeover ${held.address} ${stage.id.replace('migration/', '')} --reason "what you did"`
    );
    const taken = await phasegate([
      'takeover',
      held.address,
      stage.id,
      '--reason',
      'switched off in the console',
      '--yes',
    ]);
    expect(taken.code).toBe(0);
    expect(taken.stdout).toContain(held.address);
    expect((await phasegate(['watch', stage.id])).code).toBe(9);
  });
});
