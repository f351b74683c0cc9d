import type { temporal } from '@temporalio/proto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { PhaseStatus } from '../../src/plan/run-status.js';
import { approval, phase, plan, step } from '../support/stage/plans.js';
import { openStage, type Stage } from '../support/stage/stage.js';

let stage: Stage;
let run: WorkflowHandle;
const phaseOf = (): WorkflowHandle => stage.handleOf(`${run.workflowId}/phase/1a`);
const status = (): Promise<PhaseStatus> => stage.phase('1a');

beforeAll(async () => {
  stage = await openStage();
});
beforeEach(async () => {
  await stage.fresh();
  run = await stage.start(plan([phase('1a', { approval: approval({ roles: { lead: 1, cto: 1 } }) })]));
  await stage.until('the approval', async () => (await status()).gates[0]);
});
afterAll(() => stage.close());

async function codeOf(update: Promise<unknown>): Promise<string> {
  const error = await update.then(
    () => undefined,
    (reason: unknown) => reason
  );
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure))
    throw new Error('it was taken', { cause: error });
  return error.cause.type ?? '';
}

async function decided(): Promise<number> {
  return (await status()).decisions.length;
}

/** Waits until a signal was taken in, one way or the other. */
async function refusedAfter(count: number): Promise<string> {
  return stage.until('the refusal', async () => {
    const { refusals } = await status();
    return refusals.length > count ? refusals.at(-1)?.reason : undefined;
  });
}

describe('an update that cannot be taken', () => {
  it.each([
    ['an empty one', undefined, 'PG207'],
    ['an empty object', {}, 'PG207'],
    ['a number', 42, 'PG207'],
    ['a list of two', ['erin', 'carlos'], 'PG207'],
    ['an unknown key', { by: 'erin', decison: 'approve' }, 'PG207'],
    ['somebody unknown', { by: 'mallory' }, 'PG204'],
    ['a person without the role', { by: 'nobody' }, 'PG204'],
    ['the one who started the run', { by: 'dana' }, 'PG205'],
    ['another digest', { by: 'erin', digest: 'sha256:ffffffffffff' }, 'PG206'],
    ['a gate that is not open', { by: 'erin', gate: '1a/window#1' }, 'PG208'],
    ['a stale attempt', { by: 'erin', gate: '1a/approval#2' }, 'PG208'],
    ['nonsense as a gate', { by: 'erin', gate: '../../etc' }, 'PG208'],
  ])('%s is refused with its code and counts nothing', async (_, payload, code) => {
    expect(await codeOf(stage.tell('1a', 'approve', payload))).toBe(code);
    expect(await decided()).toBe(0);
  });

  it('a rejection without a reason is refused', async () => {
    expect(await codeOf(stage.tell('1a', 'reject', { by: 'erin' }))).toBe('PG207');
  });

  it('an answer for which no gate is open says so', async () => {
    expect(await codeOf(stage.tell('1a', 'waive', { by: 'carlos', reason: 'x' }))).toBe('PG203');
  });
});

describe('a signal that cannot be taken', () => {
  it.each([
    ['empty', [] as unknown[]],
    ['null', [null]],
    ['a bare unknown name', ['mallory']],
    ['a typo in a key', [{ by: 'erin', gaet: '1a/approval#1' }]],
    ['a deep one', [{ by: { name: ['erin'] } }]],
    ['several arguments', ['approve', { by: 'mallory' }]],
  ])('%s is recorded as a refusal with an example or a reason', async (_, args) => {
    await phaseOf().signal('approve', ...args);
    expect(await refusedAfter(0)).toMatch(/\{"by"|not one of|role/);
    expect(await decided()).toBe(0);
  });

  it('with a payload that cannot be decoded does not wedge the run', async () => {
    const { namespace } = stage.client.options;
    for (const encoding of ['json/protobuf', 'json/plain', 'binary/encrypted', 'what/ever']) {
      await stage.client.workflowService.signalWorkflowExecution({
        namespace,
        workflowExecution: { workflowId: phaseOf().workflowId },
        signalName: 'approve',
        input: { payloads: [{ metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from('{not json') }] },
      } satisfies temporal.api.workflowservice.v1.ISignalWorkflowExecutionRequest);
    }
    await stage.until('four refusals', async () => (await status()).refusals.length === 4);
    await stage.tell('1a', 'approve', { by: 'erin' });
    await stage.tell('1a', 'approve', { by: 'carlos' });
    expect((await run.result()) as object).toMatchObject({ outcome: { kind: 'completed' } });
  });

  it('two hundred of them are bounded in memory, and the run completes all the same', async () => {
    for (let i = 0; i < 200; i++) await phaseOf().signal('approve', { by: 'x'.repeat(1000), nonsense: i });
    await stage.until('the last refusal', async () => (await status()).refusals.length === 20);
    await phaseOf().signal('unknownSignal', { by: 'erin' });
    await phaseOf().signal('approve', { by: 'erin', id: 'a' });
    await phaseOf().signal('approve', { by: 'erin', id: 'a' });
    await phaseOf().signal('approve', [{ BY: ' carlos ', Gate: '1A/Approval' }]);
    await run.result();
    expect((await status()).decisions.map((one) => one.by).toSorted()).toEqual(['carlos', 'erin']);
  });
});

describe('an approval', () => {
  it('needs each role from a different person, and says what is missing', async () => {
    expect((await stage.tell('1a', 'approve', { by: 'erin' })).message).toContain('still needs 1 cto');
    expect((await stage.tell('1a', 'approve', { by: 'carlos' })).message).toBe('carlos approved 1a/approval#1');
    await run.result();
  });

  it('given twice by one person counts once, under whatever id', async () => {
    await stage.tell('1a', 'approve', { by: 'erin', id: 'one' });
    expect(await stage.tell('1a', 'approve', { by: 'erin', id: 'two' })).toMatchObject({ repeated: true });
    expect(await decided()).toBe(1);
  });

  it('sent as a bare name is a simple approval', async () => {
    await phaseOf().signal('approve', 'erin');
    await stage.until('the decision', async () => (await decided()) === 1);
  });

  it('sent to the run instead of the phase reaches the phase', async () => {
    await run.signal('approve', { by: 'erin' });
    await stage.until('the decision', async () => (await decided()) === 1);
    expect((await status()).decisions[0]).toMatchObject({ by: 'erin', gate: '1a/approval#1', identity: 'identity' });
  });

  it('is void when one person rejects: the phase is rolled back', async () => {
    await stage.tell('1a', 'approve', { by: 'erin' });
    await stage.tell('1a', 'reject', { by: 'carlos', reason: 'not today' });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'rolled-back-verified' } });
    expect(stage.world.changed()).toEqual([]);
    expect((await status()).steps.find((one) => one.id === 'approval')?.reason).toBe('rejected by carlos: not today');
  });

  it('is bound to evidence that is stored under the digest that is shown', async () => {
    const [gate] = (await status()).gates;
    expect(stage.world.evidence.get(gate?.digest ?? '')).toMatchObject({ gate: '1a/approval#1', run: run.workflowId });
  });
});

describe('a checklist item', () => {
  beforeEach(async () => {
    await stage.fresh();
    run = await stage.start(
      plan([
        phase('1a', {
          before: [step.attest('team', { evidence: 'required' }), step.attest('pen-test', { notApplicable: true })],
        }),
      ])
    );
    await stage.until('both items', async () => (await status()).gates.length === 2);
  });

  it.each([
    ['without the evidence that it asks for', { item: '1a/team', answer: 'done' }, 'PG212'],
    [
      'as not applicable where that is not allowed',
      { item: '1a/team', answer: 'not-applicable', reason: 'x' },
      'PG211',
    ],
    ['as not applicable without a reason', { item: '1a/pen-test', answer: 'Not Applicable' }, 'PG212'],
    ['with an unknown answer', { item: '1a/team', answer: 'maybe' }, 'PG207'],
    ['for an unknown item', { item: '1a/teams', answer: 'done' }, 'PG208'],
  ])('answered %s is refused', async (_, payload, code) => {
    expect(await codeOf(stage.tell('1a', 'attest', { by: 'erin', ...payload }))).toBe(code);
  });

  it('answered by a person without its role is refused', async () => {
    expect(
      await codeOf(stage.tell('1a', 'attest', { by: 'carlos', item: 'team', answer: 'done', evidence: 'x' }))
    ).toBe('PG204');
  });

  it('is answered with evidence or a reason, which stay on record', async () => {
    await stage.tell('1a', 'attest', { by: 'erin', item: 'team', answer: 'DONE', evidence: 'all on the call' });
    await stage.tell('1a', 'attest', {
      by: 'dana',
      item: '1a/pen-test#1',
      answer: 'not applicable',
      reason: 'no new surface',
    });
    await run.result();
    const answers = (await status()).steps.flatMap((one) => one.answer ?? []);
    expect(answers).toMatchObject([
      { by: 'erin', answer: 'done', evidence: 'all on the call' },
      { by: 'dana', answer: 'not-applicable', reason: 'no new surface' },
    ]);
  });

  it('answered as failed stops the phase before any change', async () => {
    await stage.tell('1a', 'attest', { by: 'erin', item: 'team', answer: 'failed', reason: 'half of us are ill' });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'failed' } });
    expect(stage.world.effects).toEqual([]);
  });
});
