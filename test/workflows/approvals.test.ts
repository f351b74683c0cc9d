import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approval, phase, plan, span, step } from '../support/stage/plans.js';
import { failureOf, openStage, refusalOf, type Stage } from '../support/stage/stage.js';
import { door } from '../support/stage/world.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

const gate = '1a/approval#1';

describe('an approval', () => {
  it('of two roles needs a person for each, and asks on for what is missing', async () => {
    const run = await stage.start(plan([phase('1a', { approval: approval({ roles: { lead: 1, cto: 1 } }) })]));
    expect((await stage.gate('1a')).people).toEqual(['erin', 'lee', 'carlos']);
    expect(await stage.tell('1a', 'approve', 'erin')).toMatchObject({
      message: 'erin approved 1a/approval#1, still needs 1 cto',
    });
    const open = await stage.phase('1a');
    expect(open.gates[0]?.people).toEqual(['carlos']);
    expect(open.sentence).toMatch(/^Waits for approval by 1 cto \(carlos\) at 1a\/approval#1/);
    // Nothing is missing that lee could give.
    expect(await refusalOf(stage.tell('1a', 'approve', 'lee'))).toMatchObject({ code: 'PG204' });
    await stage.tell('1a', 'approve', 'carlos');
    const { outcome } = await run.result();
    expect(outcome?.kind).toBe('completed');
    expect((await stage.phase('1a')).decisions.map((one) => [one.by, one.roles])).toEqual([
      ['erin', ['lead']],
      ['carlos', ['cto']],
    ]);
  });

  it('is bound to evidence that names run, gate, plan, steps and ledger', async () => {
    const run = await stage.start(plan([phase('1a', { approval: approval() })]));
    const { digest } = await stage.gate('1a');
    expect(stage.world.evidence.get(digest)).toMatchObject({
      run: run.workflowId,
      gate,
      plan: expect.stringMatching(/^sha256:/) as string,
      steps: [{ address: '1a/1aflag#1', state: 'passed' }, { address: gate }],
      ledger: [{ id: '1a/1aflag#1' }],
    });
  });

  it('is kept as evidence: who decided, in which role, on what', async () => {
    const run = await stage.start(plan([phase('1a', { approval: approval() })]));
    const { digest } = await stage.gate('1a');
    await stage.tell('1a', 'approve', { by: 'erin', reason: 'all green' });
    await run.result();
    const minutes = [...stage.world.evidence.values()].find((one) => JSON.stringify(one).includes('"outcome"'));
    expect(minutes).toMatchObject({
      run: run.workflowId,
      gate: { address: gate, digest, decisions: [{ by: 'erin', decision: 'approve', reason: 'all green' }] },
      outcome: { kind: 'approved' },
    });
  });

  it('that one person refuses is refused, whatever others said, and the phase is rolled back', async () => {
    const run = await stage.start(plan([phase('1a', { approval: approval({ roles: { lead: 2 } }) })]));
    await stage.gate('1a');
    await stage.tell('1a', 'approve', 'erin');
    await stage.tell('1a', 'reject', { by: 'erin', reason: 'I saw errors after all' });
    const failure = await failureOf(run.result());
    expect(failure.message).toBe(
      'rolled-back-verified: 1a/approval#1 failed: rejected by erin: I saw errors after all'
    );
    expect(stage.world.changed()).toEqual([]);
  });

  it('may come from the starter where the plan says so', async () => {
    const run = await stage.start(plan([phase('1a', { approval: approval({ allowStarter: true }) })]));
    await stage.gate('1a');
    await stage.tell('1a', 'approve', 'dana');
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it('that nobody gives in time rolls the phase back', async () => {
    const run = await stage.start(plan([phase('1a', { approval: approval({ expires: span(300) }) })]));
    const failure = await failureOf(run.result());
    expect(failure.type).toBe('rolled-back-verified');
    expect(failure.message).toContain('1a/approval#1 failed: no approval within 300ms (asked: erin, lee)');
  });

  it('that nobody gives in time becomes a HOLD where the plan says so; asked again, it can be given', async () => {
    const spec = approval({ expires: span(1500), onExpiry: 'hold' });
    const run = await stage.start(plan([phase('1a', { approval: spec })]));
    const hold = await stage.until('the HOLD', async () =>
      (await stage.phase('1a')).gates.find((one) => one.kind === 'hold')
    );
    expect(hold).toMatchObject({ address: gate, answers: ['retry', 'rollback', 'waive'] });
    expect(await refusalOf(stage.tell('1a', 'approve', { by: 'erin', gate }))).toMatchObject({
      code: 'PG208',
      reason: expect.stringContaining('answer retry, rollback or waive') as string,
    });
    await stage.until('a yes in time', async () => {
      const [open] = (await stage.phase('1a')).gates;
      if (open?.kind === 'hold') await stage.tell('1a', 'retry', { by: 'dana' });
      return open?.kind === 'approval' && stage.tell('1a', 'approve', { by: 'erin', gate: open.address });
    });
    expect((await stage.phase('1a')).steps.length).toBeGreaterThan(1);
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it('cannot be waived by the one who started the run', async () => {
    const people = stage.environment.people;
    const run = await stage.start(
      plan([phase('1a', { approval: approval({ expires: span(200), onExpiry: 'hold' }) })], {
        waivers: ['cto', 'manager'],
      })
    );
    expect(people.find((one) => one.name === 'dana')?.roles).toContain('manager');
    await stage.until('the HOLD', async () => (await stage.phase('1a')).gates.find((one) => one.kind === 'hold'));
    expect(await refusalOf(stage.tell('1a', 'waive', { by: 'dana', reason: 'I want it' }))).toMatchObject({
      code: 'PG205',
    });
    await stage.tell('1a', 'waive', { by: 'carlos', reason: 'they said yes on the phone' });
    expect((await run.result()).outcome?.kind).toBe('completed');
    expect((await stage.phase('1a')).waivers).toMatchObject([{ address: gate, by: 'carlos' }]);
  });

  it('reminds, then asks the next in line, who may answer in place of the others', async () => {
    const spec = approval({ remindEvery: span(150), escalate: { after: span(1200), to: 'cto' } });
    // Nobody is next in line while the others are being reminded.
    const reminded = door();
    stage.world.onNotify = ({ kind }) => (kind === 'reminder' ? reminded.wait() : undefined);
    const run = await stage.start(plan([phase('1a', { approval: spec })]));
    await stage.gate('1a');
    expect(await refusalOf(stage.tell('1a', 'approve', 'carlos'))).toMatchObject({ code: 'PG204' });
    reminded.open();
    await stage.until('the escalation', () => stage.world.notes.find((note) => note.kind === 'escalation'));
    const kinds = stage.world.notes.map((note) => note.kind);
    expect(kinds.slice(0, 2)).toEqual(['approval', 'reminder']);
    expect(stage.world.notes.find((note) => note.kind === 'escalation')?.to).toEqual(['erin', 'lee', 'carlos']);
    expect(new Set(stage.world.notes.map((note) => note.dedupKey)).size).toBe(kinds.length);
    await stage.tell('1a', 'approve', 'carlos');
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it('whose sender cannot be established is refused as an update; as a signal it waits for the worker', async () => {
    let away = true;
    stage.world.onIdentity = () => {
      if (away) throw new Error('the key server is away');
    };
    const run = await stage.start(plan([phase('1a', { approval: approval() })]));
    await stage.gate('1a');
    await stage.phaseHandle('1a').signal('approve', 'erin');
    await stage.until('the first try', async () => {
      const { pendingActivities } = (await stage.phaseHandle('1a').describe()).raw;
      return pendingActivities?.some((one) => one.activityType?.name === 'verifyIdentity');
    });
    away = false;
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it('counts as a signal when the update of the same id gave up, as the command line promises', async () => {
    const giveUp = door();
    let tries = 0;
    stage.world.onIdentity = async () => {
      if (++tries > 1) return;
      await giveUp.opened;
      throw ApplicationFailure.nonRetryable('the environment is away');
    };
    const run = await stage.start(plan([phase('1a', { approval: approval() })]));
    await stage.gate('1a');
    const message = { by: 'erin', id: 'cli-1' };
    const update = refusalOf(stage.tell('1a', 'approve', message));
    await stage.until('the update', () => tries === 1);
    await stage.phaseHandle('1a').signal('approve', message);
    giveUp.open();
    expect(await update).toMatchObject({ code: 'PG402' });
    expect((await run.result()).outcome?.kind).toBe('completed');
    const { refusals, decisions } = await stage.phase('1a');
    expect(refusals).toEqual([]);
    expect(decisions).toMatchObject([{ by: 'erin', decision: 'approve' }]);
  });

  it('is believed without asking anybody where the run says so, but a signature is kept', async () => {
    stage.world.onIdentity = () => {
      throw new Error('the key server is away');
    };
    const twice = plan([phase('1a', { approval: approval({ roles: { lead: 2 } }) })]);
    const run = await stage.start(twice, 'dana', stage.environment, { namesBelieved: true });
    await stage.gate('1a');
    await stage.tell('1a', 'approve', 'erin');
    await stage.phaseHandle('1a').signal('approve', { by: 'lee', signature: 'SSHSIG' });
    await stage.until('the question who lee is', async () => {
      const { pendingActivities } = (await stage.phaseHandle('1a').describe()).raw;
      return pendingActivities?.some((one) => one.activityType?.name === 'verifyIdentity');
    });
    expect((await stage.phase('1a')).decisions).toMatchObject([{ by: 'erin', identity: 'identity' }]);
    stage.world.onIdentity = () => undefined;
    expect((await run.result()).outcome?.kind).toBe('completed');
    expect((await stage.phase('1a')).decisions).toMatchObject([{ by: 'erin' }, { by: 'lee' }]);
  });

  it('that is being checked when the gate closes is refused, and the phase does not wait for it', async () => {
    stage.world.onIdentity = ({ statement }) => {
      if (statement.by === 'lee') throw new Error('the key server is away');
    };
    const run = await stage.start(plan([phase('1a', { approval: approval() }), phase('1b', { after: ['1a'] })]));
    await stage.gate('1a');
    await stage.phaseHandle('1a').signal('approve', 'lee');
    await stage.tell('1a', 'approve', 'erin');
    expect((await run.result()).outcome?.kind).toBe('completed');
    expect((await stage.phase('1a')).refusals).toMatchObject([
      { message: 'approve', by: 'lee', reason: '1a/approval#1 was decided in the meantime' },
    ]);
  });

  it('is not asked for while the phase is paused', async () => {
    const run = await stage.start(plan([phase('1a', { before: [step.attest('online')], approval: approval() })]));
    await stage.gate('1a');
    await stage.tell('1a', 'pause', { by: 'dana', reason: 'lunch' });
    await stage.tell('1a', 'attest', { by: 'erin', item: 'online', answer: 'done' });
    const paused = await stage.until('the pause', async () => {
      const status = await stage.phase('1a');
      return status.state === 'paused' && status;
    });
    expect(paused.sentence).toMatch(/^Paused by dana \(lunch\)/);
    await stage.tell('1a', 'resume', 'dana');
    await stage.gate('1a', gate);
    await stage.tell('1a', 'approve', 'erin');
    await run.result();
  });
});
