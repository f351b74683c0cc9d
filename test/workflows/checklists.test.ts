import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApprovalSpec, BeforeItem, Phase } from '../../src/plan/model.js';
import type { StepRecord } from '../../src/plan/run-status.js';
import { approval, phase, plan, span, step } from '../support/stage/plans.js';
import { failureOf, openStage, refusalOf, type Run, type Stage } from '../support/stage/stage.js';
import { door } from '../support/stage/world.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

const stageId = 'pre-deployment';

function checklists(before: BeforeItem[], closing?: ApprovalSpec): Phase {
  return phase(stageId, {
    title: 'Pre-deployment checklists',
    checklists: [{ id: 'all', title: 'All of them', items: before.map(({ id }) => id) }],
    before: before.map((item) => ({ ...item, onFail: 'hold' })),
    steps: [],
    ...(closing ? { approval: closing } : {}),
  });
}

function start(before: BeforeItem[], closing?: ApprovalSpec): Promise<Run> {
  return stage.start(plan([checklists(before, closing), phase('1a', { after: [stageId] })]));
}

function answer(item: string, by: string, more: object = {}): Promise<unknown> {
  return stage.tell(stageId, 'attest', { by, item, answer: 'done', ...more });
}

async function steps(): Promise<StepRecord[]> {
  return (await stage.phase(stageId)).steps;
}

async function states(): Promise<string[]> {
  return (await steps()).map(({ address, state }) => `${address.slice(stageId.length + 1)} ${state}`);
}

async function approvalAt(address: string): Promise<void> {
  await stage.gate(stageId, `${stageId}/${address}`);
}

describe('the checklists before all phases', () => {
  it('are worked on side by side, and nothing starts before the last answer', async () => {
    const run = await start([step.attest('tests'), step.attest('briefed', { by: 'cto' }), step.check('backups')]);
    const open = await stage.until('both items', async () => {
      const { gates } = await stage.phase(stageId);
      return gates.length === 2 && gates;
    });
    expect(open.map(({ people }) => people)).toEqual([['dana', 'erin', 'lee'], ['carlos']]);
    await answer('tests', 'erin');
    expect(stage.world.story()).toEqual([]);
    await answer('briefed', 'carlos');
    expect((await run.result()).outcome?.kind).toBe('completed');
    expect(stage.world.story('apply')).toHaveLength(1);
  });

  it('ask for all that is owed in one message', async () => {
    await start([step.attest('tests'), step.attest('load'), step.attest('briefed', { by: 'cto' })]);
    const note = await stage.until('the message', () => stage.world.notes.find(({ kind }) => kind === 'attestation'));
    expect(note).toMatchObject({ title: 'Pre-deployment checklists: 3 items to answer' });
    expect(note.text).toContain(`dana, erin or lee: ${stageId}/tests#1, ${stageId}/load#1`);
    expect(stage.world.notes.filter(({ kind }) => kind === 'attestation')).toHaveLength(1);
  });

  it('remind of what is still owed, and of nothing else', async () => {
    // Who is still being asked is not reminded.
    const asked = door();
    stage.world.onNotify = ({ kind }) => (kind === 'attestation' ? asked.wait() : undefined);
    const soon = { expires: span(60_000), remindEvery: span(500) };
    await start([step.attest('tests', soon), step.attest('load', soon)]);
    await stage.gate(stageId);
    await answer('load', 'erin');
    asked.open();
    const note = await stage.until('a reminder', () => stage.world.notes.find(({ kind }) => kind === 'reminder'));
    expect(note.text).toContain(`${stageId}/tests#1`);
    expect(note.text).not.toContain('load');
  });

  it('keep waiting when nobody answers in time', async () => {
    await start([step.attest('tests', { expires: span(500) })]);
    const { deadlineAt } = await stage.gate(stageId);
    await stage.until('a later deadline', async () => (await stage.gate(stageId)).deadlineAt > deadlineAt);
    expect(await states()).toEqual(['tests#1 waiting']);
  });

  it('hold at an item that failed until it is tried again or waived', async () => {
    const run = await start([step.attest('tests'), step.attest('load')]);
    await stage.gate(stageId);
    await answer('load', 'erin');
    await answer('tests', 'erin', { answer: 'failed', reason: 'two are red' });
    await stage.until('the HOLD', async () => (await stage.phase(stageId)).gates.find(({ kind }) => kind === 'hold'));
    expect(stage.world.story()).toEqual([]);
    await stage.tell(stageId, 'retry', { by: 'erin' });
    await stage.until('another attempt', async () => (await states()).includes('tests#2 waiting'));
    await answer('tests', 'lee');
    expect((await run.result()).outcome?.kind).toBe('completed');
  });
});

describe('an answer to an item', () => {
  it('can be corrected until the stage is closed, and both stay on record', async () => {
    const run = await start([step.attest('tests'), step.attest('load')]);
    await stage.gate(stageId);
    await answer('tests', 'erin', { evidence: 'build 17' });
    await stage.until('the answer', async () => (await states()).includes('tests#1 passed'));
    await answer('tests', 'lee', { answer: 'failed', reason: 'build 17 was another branch' });
    await stage.until('the HOLD', async () => (await states()).includes('tests#2 on hold'));
    await answer('load', 'erin');
    expect(stage.world.story()).toEqual([]);
    await stage.tell(stageId, 'retry', { by: 'erin' });
    await stage.until('another attempt', async () => (await states()).includes('tests#3 waiting'));
    await answer('tests', 'erin', { evidence: 'build 18' });
    await run.result();
    const given = (await steps()).filter(({ id }) => id === 'tests').map((one) => one.answer);
    expect(given).toMatchObject([
      { by: 'erin', answer: 'done', evidence: 'build 17' },
      { by: 'lee', answer: 'failed', reason: 'build 17 was another branch' },
      { by: 'erin', answer: 'done', evidence: 'build 18' },
    ]);
  });

  it('is the same when it is sent twice', async () => {
    await start([step.attest('tests'), step.attest('load')]);
    await stage.gate(stageId);
    await answer('tests', 'erin');
    expect(await answer('tests', 'erin')).toMatchObject({ repeated: true });
    expect(await states()).toEqual(['tests#1 passed', 'load#1 waiting']);
  });

  it.each([
    ['by the wrong role', { by: 'carlos', item: 'tests' }, 'PG204'],
    ['for an unknown item', { by: 'erin', item: 'test' }, 'PG208'],
    [
      'not applicable where the plan does not allow it',
      { by: 'erin', item: 'tests', answer: 'not-applicable' },
      'PG211',
    ],
  ])('is refused %s', async (_, message, code) => {
    await start([step.attest('tests')]);
    await stage.gate(stageId);
    const said = { answer: 'done', reason: 'no need', ...message };
    expect(await refusalOf(stage.tell(stageId, 'attest', said))).toMatchObject({ code });
    expect(await states()).toEqual(['tests#1 waiting']);
  });

  it('is refused after the stage was closed', async () => {
    const run = await start([step.attest('tests')]);
    await stage.gate(stageId);
    await answer('tests', 'erin');
    await run.result();
    await expect(answer('tests', 'lee', { answer: 'failed', reason: 'too late' })).rejects.toThrow();
  });

  it('is refused when the run was taken back meanwhile', async () => {
    const run = await start([step.attest('tests'), step.attest('load')]);
    await stage.gate(stageId);
    await answer('tests', 'erin');
    await stage.tell(run, 'rollback', { by: 'dana', reason: 'not this week' });
    await failureOf(run.result());
    expect((await stage.phase(stageId)).answered).toBeUndefined();
    await expect(answer('tests', 'lee', { answer: 'failed', reason: 'too late' })).rejects.toThrow();
  });

  it('that is not applicable needs a reason', async () => {
    const run = await start([step.attest('pentest', { notApplicable: true })]);
    await stage.gate(stageId);
    const na = { by: 'erin', item: 'pentest', answer: 'not-applicable' };
    expect(await refusalOf(stage.tell(stageId, 'attest', na))).toMatchObject({ code: 'PG212' });
    await stage.tell(stageId, 'attest', { ...na, reason: 'no new surface' });
    await run.result();
    expect((await steps())[0]).toMatchObject({ state: 'passed', reason: 'erin: not-applicable · no new surface' });
  });

  it('grows too old, and is asked for again', async () => {
    await start([step.attest('backup', { validFor: span(500) }), step.attest('tests')]);
    await stage.gate(stageId, `${stageId}/backup#1`);
    await answer('backup', 'erin');
    const again = await stage.until('the item again', async () =>
      (await steps()).find(({ address, state }) => address === `${stageId}/backup#2` && state === 'waiting')
    );
    expect(again.reason).toBe('the answer before is older than 500ms');
  });

  it('of a check grows too old as well, and is found anew', async () => {
    await start([step.check('backup', { validFor: span(300) }), step.attest('tests')]);
    await stage.until('the check again', async () => (await states()).includes('backup#2 passed'));
  });
});

it('a phase that fails behind the checklists is taken back, and they count as nothing that is kept', async () => {
  const failing = phase('1a', { after: [stageId], steps: [step.flag('core'), step.check('smoke')] });
  stage.world.onCheck = ({ origin }) => (origin.address.startsWith('1a/') ? 'FAIL' : 'PASS');
  const run = await stage.start(plan([checklists([step.check('backups')]), failing]));
  expect(await failureOf(run.result())).toMatchObject({
    type: 'rolled-back-verified',
    message: 'rolled-back-verified: 1a/smoke#1 failed: check says FAIL',
  });
  expect(stage.world.changed()).toEqual([]);
});

describe('the approval that closes them', () => {
  const both = approval({ title: 'Executive approval', roles: { lead: 1, cto: 1 }, needs: 'any' });

  it('is asked for when every item is answered; where one role is enough, one yes is', async () => {
    const run = await start([step.attest('tests')], both);
    await stage.gate(stageId, `${stageId}/tests#1`);
    await answer('tests', 'erin');
    await approvalAt('approval#1');
    expect(await stage.gate(stageId)).toMatchObject({ title: 'Executive approval', needs: 'any' });
    await stage.tell(stageId, 'approve', 'carlos');
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it('is void when an answer is corrected meanwhile, and asked for again', async () => {
    const run = await start([step.attest('tests')], approval({ roles: { lead: 1, cto: 1 } }));
    await stage.gate(stageId, `${stageId}/tests#1`);
    await answer('tests', 'erin');
    await approvalAt('approval#1');
    await stage.tell(stageId, 'approve', 'erin');
    await answer('tests', 'lee', { evidence: 'on the right branch' });
    await approvalAt('approval#2');
    const first = (await steps()).find(({ address }) => address === `${stageId}/approval#1`);
    expect(first).toMatchObject({ state: 'failed', reason: 'void: tests had to be answered anew' });
    expect((await stage.gate(stageId)).decisions).toEqual([]);
    await stage.tell(stageId, 'approve', 'lee');
    await stage.tell(stageId, 'approve', 'carlos');
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it('is void when an item grows too old meanwhile, and asked for again with the new answer', async () => {
    await start([step.attest('backup', { validFor: span(2500) })], both);
    await stage.gate(stageId, `${stageId}/backup#1`);
    await answer('backup', 'erin', { evidence: 'monday' });
    const begun = (attempt: string): Promise<unknown> =>
      stage.until(attempt, async () => (await states()).some((one) => one.startsWith(attempt)));
    await begun('approval#1');
    await stage.gate(stageId, `${stageId}/backup#2`);
    expect((await states()).filter((one) => one.startsWith('approval'))).toEqual(['approval#1 failed']);
    await answer('backup', 'lee', { evidence: 'tuesday' });
    await begun('approval#2');
  });

  it('reminds those who have not decided, and of nothing that they were asked before', async () => {
    await start([step.attest('tests')], approval({ ...both, expires: span(60_000), remindEvery: span(500) }));
    await stage.gate(stageId, `${stageId}/tests#1`);
    await answer('tests', 'erin');
    const note = await stage.until('a reminder', () => stage.world.notes.find(({ kind }) => kind === 'reminder'));
    expect(note).toMatchObject({ address: `${stageId}/approval#1`, title: 'Executive approval (reminder)' });
    expect(note.text).toContain(`${stageId}/approval#1`);
  });

  it('ends the run before any change when somebody says no', async () => {
    const run = await start([step.attest('tests')], both);
    await stage.gate(stageId, `${stageId}/tests#1`);
    await answer('tests', 'erin');
    await approvalAt('approval#1');
    await stage.tell(stageId, 'reject', { by: 'lee', reason: 'not this week' });
    expect((await failureOf(run.result())).type).toBe('failed');
    expect(stage.world.story()).toEqual([]);
  });
});
