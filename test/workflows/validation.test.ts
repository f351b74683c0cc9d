import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WatchCheckInput } from '../../src/activities/contract.js';
import type { Verdict } from '../../src/plan/judge-types.js';
import type { ApprovalSpec, BeforeItem, Phase, StageSpec } from '../../src/plan/model.js';
import type { RunStatus } from '../../src/plan/run-status.js';
import { approval, incidents, phase, plan, span, step } from '../support/stage/plans.js';
import { failureOf, openStage, refusalOf, type Run, type Stage } from '../support/stage/stage.js';
import { door } from '../support/stage/world.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

const first = 'immediate';

function validation(id: string, items: BeforeItem[], change: Partial<StageSpec> = {}, after = '1a'): Phase {
  return phase(id, {
    title: `Validation ${id}`,
    after: [after],
    checklists: [{ id, title: id, items: items.map((item) => item.id) }],
    stage: { since: '1a', from: span(0), to: span(300), repeatEvery: span(100), ...change },
    before: items.map((item) => ({ ...item, onFail: 'hold' })),
    steps: [],
  });
}

const baseline = step.baseline('new-baselines', ['latency']);
const consent: ApprovalSpec = approval({ roles: { cto: 1 }, allowStarter: true });

function start(...stages: Phase[]): Promise<Run> {
  return stage.start(plan([phase('1a'), ...stages]));
}

async function states(id = first): Promise<string[]> {
  return (await stage.phase(id)).steps.map(({ address, state }) => `${address.slice(id.length + 1)} ${state}`);
}

async function held(): Promise<void> {
  await stage.until('the HOLD', async () => (await stage.phase(first)).gates.some(({ kind }) => kind === 'hold'));
}

async function ended(run: Run): Promise<RunStatus> {
  const [status] = (await failureOf(run.result())).details ?? [];
  return status as RunStatus;
}

/** A stage is not over while its check looks: what is to come before its end comes before this is opened. */
function lookOf(id: string): ReturnType<typeof door> {
  const look = door();
  stage.world.onCheck = async ({ origin }): Promise<Verdict> => {
    if (origin.address.startsWith(`${id}/`)) await look.wait();
    return 'PASS';
  };
  return look;
}

const rollBack = { by: 'dana', reason: 'customers complain' };

describe('a stage of the validation', () => {
  it('looks at everything side by side until its time is over, and the run completes', async () => {
    const run = await start(
      validation(first, [step.check('health'), step.throughout('errors'), step.attest('support')])
    );
    await stage.gate(first);
    await stage.tell(first, 'attest', { by: 'erin', item: 'support', answer: 'done' });
    const { outcome } = await run.result();
    expect(outcome).toMatchObject({ kind: 'completed', reason: 'its one phase, 1a, completed and validated' });
    const [look] = stage.world.checks.filter(({ origin }) => origin.address === `${first}/health#1`);
    expect(look).toMatchObject({ everyMs: 100 });
    expect(stage.world.windows.at(-1)).toMatchObject({ ownBase: true, spec: { throughout: true } });
    expect(await states()).toEqual(['health#1 passed', 'errors#1 passed', 'support#1 passed']);
  });

  it('begins when its time has come, and one after the other', async () => {
    const run = await start(
      validation(first, [step.check('health')]),
      validation('later', [step.check('trends')], { from: span(800), to: span(1000) }, first)
    );
    await run.result();
    const [done, later] = [await stage.phase('1a'), await stage.phase('later')];
    const [trends] = later.steps;
    expect(trends?.startedAt ?? 0).toBeGreaterThanOrEqual((done.endedAt ?? Infinity) + 800);
    expect(later.endsAt).toBeGreaterThanOrEqual((done.endedAt ?? Infinity) + 1000);
  });

  it('is not over before its time, however early people answer', async () => {
    const run = await start(validation(first, [step.attest('support')], { to: span(1500) }));
    await stage.gate(first);
    await stage.tell(first, 'attest', { by: 'erin', item: 'support', answer: 'done' });
    await run.result();
    const { startedAt, endedAt = 0 } = await stage.phase(first);
    expect(endedAt - startedAt).toBeGreaterThanOrEqual(1400);
  });

  it('asks at its beginning what is due at its end, and reminds only then', async () => {
    const soon = { expires: span(300), remindEvery: span(200) };
    await start(validation(first, [step.attest('support', soon)], { to: span(4000) }));
    const gate = await stage.gate(first);
    const { endsAt = 0 } = await stage.phase(first);
    expect(gate.deadlineAt).toBe(endsAt);
    await stage.until('a reminder', () => stage.world.notes.some(({ kind }) => kind === 'reminder'));
    expect(stage.world.notes.filter(({ kind }) => kind === 'attestation')).toHaveLength(1);
    expect(Date.now()).toBeGreaterThanOrEqual(endsAt);
  });

  it('takes a correction of an answer until it is over', async () => {
    // While one answer is owed it is not over.
    const run = await start(validation(first, [step.attest('support'), step.attest('sales')], { to: span(1000) }));
    await stage.gate(first);
    await stage.tell(first, 'attest', { by: 'erin', item: 'support', answer: 'done' });
    await stage.tell(first, 'attest', { by: 'lee', item: 'support', answer: 'failed', reason: 'ten tickets' });
    await held();
    await stage.tell(first, 'waive', { by: 'carlos', reason: 'all of another cause' });
    await stage.tell(first, 'attest', { by: 'erin', item: 'sales', answer: 'done' });
    expect((await run.result()).outcome?.kind).toBe('completed');
    expect((await states()).toSorted()).toEqual(['sales#1 passed', 'support#1 passed', 'support#2 waived']);
  });

  it('records new baselines at its end', async () => {
    stage.world.measured['latency'] = { mean: 0.25 };
    const run = await start(validation(first, [baseline]));
    await run.result();
    expect((await stage.phase(first)).newBaseline).toEqual({ latency: 0.25 });
  });

  it('is on hold when a new baseline cannot be measured', async () => {
    stage.world.missingBaseline = ['latency'];
    await start(validation(first, [baseline]));
    await held();
    expect((await stage.phase(first)).gates[0]?.reason).toContain('no new baseline for latency: no data');
  });
});

describe('a failure in a stage', () => {
  it('changes nothing by itself and is fixed forward: another attempt passes', async () => {
    stage.world.onCheck = ({ origin }) => (origin.address === `${first}/health#1` ? 'FAIL' : 'PASS');
    const run = await start(validation(first, [step.check('health')]));
    await held();
    expect(stage.world.story('undo')).toEqual([]);
    expect((await stage.phase(first)).gates[0]).toMatchObject({
      answers: ['retry', 'rollback', 'waive'],
      then: 'ask again',
      reach: 'all',
    });
    await stage.tell(first, 'retry', { by: 'dana' });
    expect((await run.result()).outcome?.kind).toBe('completed');
    expect(await states()).toEqual(['health#1 failed', 'health#2 passed']);
    const again = stage.world.checks.findLast(
      ({ origin }) => origin.address === `${first}/health#2`
    ) as WatchCheckInput;
    // However late it was mended, it is looked at more than once.
    expect(again.until - again.t0).toBeGreaterThanOrEqual(again.everyMs);
  });

  it('asks again when nobody decides in time', async () => {
    stage.world.onCheck = ({ origin }) => (origin.address.startsWith(first) ? 'FAIL' : 'PASS');
    await stage.start(
      plan([phase('1a'), validation(first, [step.check('health')])], {
        hold: { deadline: span(400), then: 'rollback' },
      })
    );
    await held();
    const [{ deadlineAt } = { deadlineAt: 0 }] = (await stage.phase(first)).gates;
    await stage.until(
      'a later deadline',
      async () => ((await stage.phase(first)).gates[0]?.deadlineAt ?? 0) > deadlineAt
    );
    expect(stage.world.story('undo')).toEqual([]);
  });

  it('takes everything back when somebody asks and the plan wants no approval', async () => {
    stage.world.onWindow = ({ origin }) => (origin.address.startsWith(first) ? 'FAIL' : 'PASS');
    const run = await start(validation(first, [step.throughout('errors')]));
    await held();
    await stage.tell(first, 'rollback', rollBack);
    const { outcome } = await ended(run);
    expect(outcome?.kind).toBe('rolled-back-verified');
    expect(stage.world.changed()).toEqual([]);
  });
});

describe('a rollback during the validation', () => {
  it.each(['phase', 'run'] as const)('waits for a fresh approval when it is asked of the %s', async (where) => {
    const run = await start(validation(first, [step.attest('support')], { rollbackApproval: consent }));
    await stage.gate(first);
    await (where === 'run' ? stage.tell(run, 'rollback', rollBack) : stage.tell(first, 'rollback', rollBack));
    const gate = await stage.until('the approval', async () =>
      (await stage.phase(first)).gates.find(({ kind }) => kind === 'approval')
    );
    expect(gate).toMatchObject({
      address: `${first}/rollback#1`,
      people: ['carlos'],
      reason: 'dana asks for it: customers complain',
      then: 'go on',
    });
    expect(stage.world.story('undo')).toEqual([]);
    await stage.tell(first, 'approve', { by: 'carlos', gate: gate.address });
    const { outcome } = await ended(run);
    expect(outcome).toMatchObject({
      kind: 'rolled-back-verified',
      reason: expect.stringContaining('customers complain; approved by carlos') as string,
    });
    expect(stage.world.changed()).toEqual([]);
  });

  it('does not happen when it is rejected, and the stage goes on', async () => {
    const run = await start(validation(first, [step.attest('support')], { rollbackApproval: consent }));
    await stage.gate(first);
    await stage.tell(first, 'rollback', rollBack);
    await stage.until('the approval', async () =>
      (await stage.phase(first)).gates.some(({ kind }) => kind === 'approval')
    );
    await stage.tell(first, 'reject', { by: 'carlos', gate: `${first}/rollback`, reason: 'we fix it forward' });
    await stage.tell(first, 'attest', { by: 'erin', item: 'support', answer: 'done' });
    expect((await run.result()).outcome?.kind).toBe('completed');
    expect(stage.world.story('undo')).toEqual([]);
    expect((await stage.phase(first)).steps.at(-1)).toMatchObject({ address: `${first}/rollback#1`, state: 'failed' });
  });

  it('keeps the stage open until it is decided', async () => {
    const look = lookOf(first);
    const run = await start(validation(first, [step.check('health')], { rollbackApproval: consent, to: span(1000) }));
    await look.reached;
    await stage.tell(first, 'rollback', rollBack);
    await stage.until('the approval', async () =>
      (await stage.phase(first)).gates.some(({ kind }) => kind === 'approval')
    );
    look.open();
    await stage.until(
      'the end of its time',
      async () => ((await stage.phase(first)).endsAt ?? Infinity) < Date.now() - 500
    );
    expect((await stage.phase(first)).state).toBe('waiting');
    await stage.tell(first, 'approve', { by: 'carlos', gate: `${first}/rollback` });
    expect((await ended(run)).outcome?.kind).toBe('rolled-back-verified');
  });

  it.each(['phase', 'run'] as const)('of the stage alone is refused by the %s: it changed nothing', async (where) => {
    const run = await start(validation(first, [step.attest('support')]));
    await stage.gate(first);
    const alone = { ...rollBack, phase: first };
    const refusal = await refusalOf(stage.tell(where === 'run' ? run : first, 'rollback', alone));
    expect(refusal).toMatchObject({ code: 'PG209', reason: expect.stringContaining('changed nothing') as string });
  });

  it('is refused between two stages, where nobody could ask; resumed, the next one asks', async () => {
    const next = validation('later', [step.attest('support')], { rollbackApproval: consent }, first);
    const look = lookOf(first);
    const run = await start(
      validation(first, [step.check('health')], { rollbackApproval: consent, to: span(1500) }),
      next
    );
    await look.reached;
    await stage.tell(run, 'pause', { by: 'dana', reason: 'lunch' });
    look.open();
    await stage.until('its end', async () => (await stage.phase(first)).state === 'completed');
    const refusal = await refusalOf(stage.tell(run, 'rollback', rollBack));
    expect(refusal).toMatchObject({ code: 'PG203', reason: expect.stringContaining('resume the run') as string });
    expect(stage.world.story('undo')).toEqual([]);
    await stage.tell(run, 'resume', 'dana');
    await stage.gate('later');
    await stage.tell(run, 'rollback', rollBack);
    await stage.until('the approval', async () =>
      (await stage.phase('later')).gates.some(({ kind }) => kind === 'approval')
    );
  });

  /** A run that somebody paused, and an incident holds, between its two stages. */
  async function heldBetweenStages(): Promise<Run> {
    const stages = [
      validation(first, [step.check('health')], { rollbackApproval: consent, to: span(1500) }),
      validation('later', [step.attest('support')], { rollbackApproval: consent }, first),
    ];
    const look = lookOf(first);
    const run = await stage.start(plan([phase('1a'), ...stages], { incidents: incidents() }));
    await look.reached;
    await stage.tell(run, 'pause', { by: 'dana', reason: 'lunch' });
    await stage.tell(run, 'declare', { by: 'erin', severity: 2, phase: '1a', reason: 'agents fail' });
    look.open();
    await stage.until('its end', async () => (await stage.phase(first)).state === 'completed');
    return run;
  }

  it('is asked for in the next stage when an incident holds the run between two, which takes no component back alone', async () => {
    const run = await heldBetweenStages();
    const alone = { ...rollBack, phase: '1a' };
    const notAlone = { code: 'PG209', reason: expect.stringContaining('no phase is taken back alone') as string };
    expect(await refusalOf(stage.tell(run, 'rollback', alone))).toMatchObject(notAlone);
    await stage.tell(run, 'resume', 'dana');
    await stage.until('its hold', async () => (await stage.status()).phases[2]?.now?.state === 'on hold');
    const { held: by, gates, endsAt } = await stage.phase('later');
    expect([by?.by, gates, endsAt]).toEqual(['incident/1', [], undefined]);
    expect(await refusalOf(stage.tell(run, 'rollback', alone))).toMatchObject({ code: 'PG209' });
    await stage.tell(run, 'rollback', rollBack);
    await stage.until('the approval', async () =>
      (await stage.phase('later')).gates.some(({ kind }) => kind === 'approval')
    );
    expect(stage.world.story('undo')).toEqual([]);
    await stage.tell('later', 'approve', { by: 'carlos', gate: 'later/rollback' });
    expect((await ended(run)).outcome?.kind).toBe('rolled-back-verified');
  });

  it('is not needed when the incident that holds the next stage is resolved, which then goes on', async () => {
    const run = await heldBetweenStages();
    await stage.tell(run, 'resume', 'dana');
    await stage.until('its hold', async () => (await stage.status()).phases[2]?.now?.state === 'on hold');
    const heldAt = Date.now();
    await stage.tell(stage.incidentHandle(1), 'resolve', { by: 'lee', reason: 'restarted' });
    await stage.gate('later');
    // It lasts as long as one that did not have to wait.
    expect((await stage.phase('later')).endsAt).toBeGreaterThanOrEqual(heldAt + 300);
    await stage.tell('later', 'attest', { by: 'erin', item: 'support', answer: 'done' });
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it('is not lost when the stage ends before people can be asked', async () => {
    const look = lookOf(first);
    const run = await start(validation(first, [step.check('health')], { rollbackApproval: consent, to: span(1500) }));
    await look.reached;
    const stored = door();
    stage.world.onRecord = (document) =>
      (document as { gate?: string }).gate?.includes('rollback') ? stored.wait() : undefined;
    await stage.tell(first, 'rollback', rollBack);
    await stored.reached;
    look.open();
    await stage.until(
      'the end of its time',
      async () => ((await stage.phase(first)).endsAt ?? Infinity) < Date.now() - 500
    );
    stored.open();
    await stage.until('the approval', async () =>
      (await stage.phase(first)).gates.some(({ kind }) => kind === 'approval')
    );
    await stage.tell(first, 'approve', { by: 'carlos', gate: `${first}/rollback` });
    expect((await ended(run)).outcome?.kind).toBe('rolled-back-verified');
  });

  it('is not lost when the yes comes while people are being told, and the stage is over', async () => {
    const told = door();
    stage.world.onNotify = ({ address }) => (address?.includes('rollback') ? told.wait() : undefined);
    const look = lookOf(first);
    const run = await start(validation(first, [step.check('health')], { rollbackApproval: consent, to: span(1000) }));
    await look.reached;
    await stage.tell(first, 'rollback', rollBack);
    await told.reached;
    look.open();
    await stage.until(
      'the end of its time',
      async () => ((await stage.phase(first)).endsAt ?? Infinity) < Date.now() - 500
    );
    await stage.tell(first, 'approve', { by: 'carlos', gate: `${first}/rollback` });
    expect((await ended(run)).outcome?.kind).toBe('rolled-back-verified');
    told.open();
  });

  it('is asked for although its evidence cannot be stored', async () => {
    stage.world.onRecord = () => Promise.reject(ApplicationFailure.nonRetryable('the store is away', 'PG310'));
    const run = await start(validation(first, [step.attest('support')], { rollbackApproval: consent }));
    await stage.gate(first);
    await stage.tell(first, 'rollback', rollBack);
    await stage.until('the approval', async () =>
      (await stage.phase(first)).gates.some(({ kind }) => kind === 'approval')
    );
    await stage.tell(first, 'approve', { by: 'carlos', gate: `${first}/rollback` });
    expect((await ended(run)).outcome?.kind).toMatch(/^rolled-back/);
  });

  it('must be named: a yes to something else takes nothing back', async () => {
    await start(validation(first, [step.attest('support')], { rollbackApproval: consent }));
    await stage.gate(first);
    await stage.tell(first, 'rollback', rollBack);
    await stage.until('the approval', async () =>
      (await stage.phase(first)).gates.some(({ kind }) => kind === 'approval')
    );
    expect(await refusalOf(stage.tell(first, 'approve', { by: 'carlos' }))).toMatchObject({ code: 'PG209' });
    expect(stage.world.story('undo')).toEqual([]);
  });

  it('that was rejected is told to whoever asked', async () => {
    await start(validation(first, [step.attest('support')], { rollbackApproval: consent }));
    await stage.gate(first);
    await stage.tell(first, 'rollback', rollBack);
    await stage.until('the approval', async () =>
      (await stage.phase(first)).gates.some(({ kind }) => kind === 'approval')
    );
    await stage.tell(first, 'reject', { by: 'carlos', gate: `${first}/rollback`, reason: 'we fix it forward' });
    const note = await stage.until('the message', () =>
      stage.world.notes.find(({ title }) => title.startsWith('NOT taken back'))
    );
    expect(note).toMatchObject({ to: ['dana'], text: expect.stringContaining('we fix it forward') as string });
  });

  it('is asked for once, however often it is said', async () => {
    await start(validation(first, [step.attest('support')], { rollbackApproval: consent }));
    await stage.gate(first);
    await stage.tell(first, 'rollback', rollBack);
    expect(await stage.tell(first, 'rollback', { ...rollBack, by: 'erin' })).toMatchObject({ repeated: true });
    const approvals = await stage.until('the approval', async () => {
      const { gates } = await stage.phase(first);
      const found = gates.filter(({ kind }) => kind === 'approval');
      return found.length > 0 && found;
    });
    expect(approvals).toHaveLength(1);
  });

  it('cannot be approved by somebody without the role', async () => {
    await start(validation(first, [step.attest('support')], { rollbackApproval: consent }));
    await stage.gate(first);
    await stage.tell(first, 'rollback', rollBack);
    await stage.until('the approval', async () =>
      (await stage.phase(first)).gates.some(({ kind }) => kind === 'approval')
    );
    expect(await refusalOf(stage.tell(first, 'approve', { by: 'erin', gate: `${first}/rollback` }))).toMatchObject({
      code: 'PG204',
    });
    expect(stage.world.story('undo')).toEqual([]);
  });

  it('needs none after a Temporal cancel: that is the emergency', async () => {
    const held = door();
    stage.world.onCheck = ({ origin }) => (origin.address.startsWith(first) ? held.wait().then(() => 'PASS') : 'PASS');
    const run = await start(validation(first, [step.check('health')], { rollbackApproval: consent }));
    await held.reached;
    await run.cancel();
    await expect(run.result()).rejects.toThrow();
    expect(stage.world.changed()).toEqual([]);
    held.open();
  });
});
