import { describe, expect, it } from 'vitest';
import { approval, incidents, phase, plan, step } from '../../support/stage/plans.js';
import type { Run, Stage } from '../../support/stage/stage.js';
import { phasegate } from './binary.js';
import { onCliStage } from './cli-stage.js';

let stage: Stage;
let run: string;
onCliStage((opened, named) => {
  [stage, run] = [opened, named];
});

const as = (person: string, ...args: string[]) => phasegate(['incident', ...args, '--as', person]);

async function started(): Promise<Run> {
  const steps = [step.flag('core')];
  const phases = [
    phase('1a', { steps }),
    phase('1b', { after: ['1a'], steps: [step.flag('tools')], approval: approval() }),
  ];
  const open = await stage.start(plan(phases, { incidents: incidents() }));
  await stage.gate('1b');
  return open;
}

describe('phasegate incident', () => {
  it('declares, shows, leads and closes one', async () => {
    await started();
    const unasked = await as('erin', 'declare', run, '--severity', '2', '--phase', '1a', '--reason', 'agents fail');
    expect(unasked.code).toBe(2);
    expect(unasked.stderr).toContain('PG405');
    const declared = await as(
      'erin',
      'declare',
      run,
      '--cause',
      'component',
      '--phase',
      '1a',
      '--customer',
      '--reason',
      'agents fail',
      '-y'
    );
    expect(declared.stdout).toContain('incident/1 is open, severity 2; the run is on hold until somebody resolves it');

    const status = await phasegate(['status', run, '--exit-status']);
    expect(status.code).toBe(5);
    expect(status.stdout).toMatch(/■ on hold/);
    expect(status.stdout).toContain(
      '! incident/1 severity 2, open: The cause component; war room open; anybody: acknowledge it until'
    );
    expect(status.stdout).toContain(`phasegate incident ack incident/1 ${run}`);
    expect(status.stdout).toContain(`phasegate rollback ${run} --phase 1a --reason "why"`);

    expect((await as('lee', 'ack', '1', run)).stdout).toBe('lee responds to it\n');
    expect((await as('lee', 'assign', 'incident/1', 'commander', 'lee', run)).stdout).toBe(
      'lee is Incident Commander now\n'
    );
    expect((await as('lee', 'note', 'incident/1', 'pool exhausted', run)).stdout).toBe('noted\n');
    expect((await as('lee', 'note', 'incident/1', 'seen\u001b[2J\u009b2J\u202ex', run)).stdout).toBe('noted\n');
    expect((await as('lee', 'step', 'incident/1', 'assess', run, '--note', 'one tenant')).stdout).toBe(
      '"Assess the impact" is done\n'
    );
    const list = await phasegate(['incident', 'list', run]);
    expect(list.stdout).toMatch(
      /incident\/1\s+2\s+acknowledged .* The cause component\s+lee: choose: a fix \(resolve\), or a rollback/
    );
    const shown = await phasegate(['incident', 'show', '1', run]);
    expect(shown.stdout).toMatch(
      new RegExp(`^incident/1 of ${run}\\nSeverity 2, acknowledged: The cause component\\. `)
    );
    for (const part of ['Incident Commander', 'pool exhausted', 'one tenant', 'roles: commander, sponsor'])
      expect(shown.stdout).toContain(part);

    const resolved = await as('lee', 'resolve', 'incident/1', run, '--reason', 'pool enlarged');
    expect([resolved.code, resolved.stdout]).toEqual([0, expect.stringMatching(/^resolved: window says PASS\n/)]);
    expect(resolved.stderr).toContain('must be inside their targets for 1000ms');
    const report = await phasegate(['report', run]);
    expect(report.stdout).toContain('## incident/1: The cause component (severity 2, resolved)');
    expect(report.stdout).toContain('pool exhausted');
    const page = await phasegate(['report', run, '--format', 'html']);
    expect(page.stdout).toContain('incident/1: The cause component (severity 2, resolved)');
    expect((await phasegate(['status', run])).stdout).toContain(
      `phasegate incident postmortem incident/1 ${run} --link`
    );

    await stage.until('the draft', async () => (await stage.incident(1)).postMortem.draft);
    const draft = await phasegate(['incident', 'draft', '1', run]);
    expect([draft.code, draft.stdout]).toEqual([0, expect.stringContaining('pool exhausted')]);
    expect(draft.stdout).toMatch(/^# /);
    // What would clear the screen of whoever reads it, or turn its lines round, is not printed.
    expect(draft.stdout).toMatch(/seen\\\[2J2Jx/);
    expect(draft.stdout).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);

    expect((await as('lee', 'postmortem', 'incident/1', run)).stderr).toContain('PG212 postmortem needs a link');
    const noLink = await as('lee', 'postmortem', 'incident/1', run, '--link', 'wiki');
    expect([noLink.code, noLink.stderr]).toEqual([2, expect.stringContaining('"link" must be a link: https://…\n')]);
    expect(noLink.stderr).not.toContain('{');
    const done = await as('lee', 'postmortem', 'incident/1', run, '--link', 'https://wiki.example/1');
    expect(done.stdout).toBe('the post-mortem is done, and the incident closed\n');
    await stage.incidentHandle(1).result();
    const closed = await as('lee', 'ack', '1', run);
    expect([closed.code, closed.stderr]).toEqual([7, expect.stringContaining('PG213')]);
  });

  it('says what is wrong with what was typed, and what to type next', async () => {
    await started();
    await stage.tell(stage.handleOf(stage.id), 'declare', { by: 'erin', severity: 3, reason: 'slow' });
    const unknown = await as('lee', 'ack', 'incident/7', run);
    expect([unknown.code, unknown.stderr]).toEqual([6, expect.stringContaining(`PG222 ${run} has no incident/7`)]);
    expect(unknown.stderr).toContain(`phasegate incident list ${run}`);
    expect((await as('lee', 'draft', '1', run)).stderr).toContain('PG310 the post-mortem is not drafted yet');
    expect((await as('lee', 'ack', 'fire', run)).stderr).toContain('PG222');
    const role = await as('lee', 'assign', '1', 'boss', 'lee', run);
    expect([role.code, role.stderr]).toEqual([6, expect.stringContaining(`phasegate incident show incident/1 ${run}`)]);
    expect(role.stderr).toContain('PG223 no war room is open');
    expect((await as('lee', 'step', '1', 'dance', run)).stderr).toContain('PG224 "dance" is no step or task');
    expect((await as('lee', 'resolve', '1', run)).stderr).toContain('PG212 resolve needs a reason');
    expect((await as('lee', 'declare', run, '--severity', '2')).stderr).toContain('PG212 declare needs a reason');
    expect((await as('lee', 'declare', run, '--cause', 'boom', '--reason', 'x')).stderr).toContain(
      'PG221 "boom" is no cause of the plan'
    );
    expect((await as('zoe', 'declare', run, '--severity', '3', '--reason', 'x')).stderr).toContain(
      'PG204 zoe is not one of'
    );
    expect((await as('lee', 'dance')).code).toBe(2);
  });

  it('is refused its resolution while the metrics are bad', async () => {
    await started();
    await stage.tell(stage.handleOf(stage.id), 'declare', { by: 'erin', severity: 3, reason: 'slow' });
    stage.world.onWindow = () => 'FAIL';
    const refused = await as('lee', 'resolve', '1', run, '--reason', 'restarted');
    expect([refused.code, refused.stderr]).toEqual([
      7,
      expect.stringContaining('PG225 not resolved (FAIL): window says FAIL'),
    ]);
  });

  it('of severity 1 is confirmed like a rollback, and takes everything back', async () => {
    const open = await started();
    const asked = ['declare', run, '--severity', '1', '--reason', 'data leaks'];
    expect((await as('erin', ...asked, '-y')).stderr).toContain(`Answer with --confirm ${stage.environment.id}`);
    const declared = await as('erin', ...asked, '--confirm', stage.environment.id);
    expect(declared.stdout).toContain('everything is taken back now, newest phase first');
    await open.result().catch(() => undefined);
    expect(stage.world.changed()).toEqual([]);
    const late = await as('erin', ...asked, '--confirm', stage.environment.id);
    expect([late.code, late.stderr]).toEqual([7, expect.stringContaining('PG213')]);
    expect(late.stderr).toContain('What it took back is verified: mend the cause, then start the plan again');
    expect(late.stderr).not.toContain('phasegate rollback');
    // Its incident is open; that keeps no new run from beginning.
    const rolledBack = new RegExp(`${run} +. rolled back`);
    await stage.until('the list', async () => rolledBack.test((await phasegate(['list'])).stdout));
    const again = await started();
    expect((await again.describe()).status.name).toBe('RUNNING');
    expect((await phasegate(['incident', 'list', run])).stdout).toContain('incident/1');
  });

  it('takes back the component of an incident by the rollback command, and says first what goes with it', async () => {
    const open = await started();
    await stage.tell(open, 'declare', { by: 'erin', severity: 2, phase: '1a', reason: 'agents fail' });
    const done = await phasegate([
      'rollback',
      run,
      '--phase',
      '1a',
      '--reason',
      'no fix',
      '--confirm',
      stage.environment.id,
      '--as',
      'lee',
    ]);
    expect(done.stderr).toContain('This undoes 2 changes');
    expect(done.stderr).toContain('rolling back 1b, 1a and the phase under way, newest first');
    expect(done.code).toBe(4);
  });
});
