import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MessageName } from '../../src/plan/wire.js';
import { approval, phase, plan, span, step } from '../support/stage/plans.js';
import { sendRaw } from '../support/stage/raw-signal.js';
import { openStage, refusalOf, type Run, type Stage } from '../support/stage/stage.js';

let stage: Stage;

/** A run that waits for the approval of its only phase. */
async function waiting(): Promise<Run> {
  // Many tests send to one approval.
  const run = await stage.start(plan([phase('1a', { approval: approval({ expires: span(600_000) }) })]));
  await stage.gate('1a', '1a/approval#1');
  return run;
}

const approve = '1a/approval#1';
const otherDigest = `sha256:${'f'.repeat(64)}`;

interface Case {
  what: string;
  name: MessageName;
  payload: unknown;
  code: string;
  reason: RegExp;
}

const refusals: Case[] = [
  { what: 'nothing', name: 'approve', payload: undefined, code: 'PG207', reason: /an empty approve says nothing/ },
  { what: 'null', name: 'approve', payload: null, code: 'PG207', reason: /was not taken as a yes.*Send for example/ },
  { what: 'an empty object', name: 'approve', payload: {}, code: 'PG207', reason: /an empty approve/ },
  { what: 'an empty string', name: 'reject', payload: ' ', code: 'PG207', reason: /an empty reject/ },
  { what: 'a number', name: 'approve', payload: 42, code: 'PG207', reason: /one object is expected/ },
  {
    what: 'an array of two',
    name: 'approve',
    payload: ['erin', 'lee'],
    code: 'PG207',
    reason: /one object is expected/,
  },
  {
    what: 'a typo in a key',
    name: 'approve',
    payload: { by: 'erin', gaet: approve },
    code: 'PG207',
    reason: /"gaet" is not known here/,
  },
  {
    what: 'a key twice',
    name: 'approve',
    payload: { by: 'erin', BY: 'lee' },
    code: 'PG207',
    reason: /stands there twice/,
  },
  { what: 'no name', name: 'approve', payload: { gate: approve }, code: 'PG207', reason: /"by" is missing/ },
  {
    what: 'a rejection without a reason',
    name: 'reject',
    payload: { by: 'erin' },
    code: 'PG207',
    reason: /"reason" is missing/,
  },
  {
    what: 'a stranger',
    name: 'approve',
    payload: { by: 'mallory' },
    code: 'PG204',
    reason: /mallory is not one of this/,
  },
  {
    what: 'somebody without the role',
    name: 'approve',
    payload: { by: 'carlos' },
    code: 'PG204',
    reason: /carlos cannot answer/,
  },
  {
    what: 'the one who started the run',
    name: 'approve',
    payload: { by: 'dana' },
    code: 'PG205',
    reason: /dana started this run/,
  },
  {
    what: 'the starter in capitals',
    name: 'approve',
    payload: { by: ' DANA ' },
    code: 'PG205',
    reason: /somebody else \(erin or lee\)/,
  },
  {
    what: 'another digest',
    name: 'approve',
    payload: { by: 'erin', digest: otherDigest },
    code: 'PG206',
    reason: /look at it again/,
  },
  {
    what: 'a later attempt',
    name: 'approve',
    payload: { by: 'erin', gate: '1a/approval#2' },
    code: 'PG208',
    reason: /not open \(open: 1a\/approval#1\)/,
  },
  {
    what: 'another phase',
    name: 'approve',
    payload: { by: 'erin', gate: '1b/approval' },
    code: 'PG208',
    reason: /not open/,
  },
  {
    what: 'an address that is none',
    name: 'approve',
    payload: { by: 'erin', gate: '???' },
    code: 'PG208',
    reason: /not open/,
  },
  {
    what: 'a retry where nothing is on hold',
    name: 'retry',
    payload: { by: 'erin' },
    code: 'PG203',
    reason: /no gate is open/,
  },
  {
    what: 'a retry of an approval',
    name: 'retry',
    payload: { by: 'erin', gate: approve },
    code: 'PG208',
    reason: /answer approve or reject/,
  },
  {
    what: 'an attestation of an approval',
    name: 'attest',
    payload: { by: 'erin', item: approve, answer: 'done' },
    code: 'PG208',
    reason: /does not take "attest"/,
  },
  {
    what: 'a rollback of another phase',
    name: 'rollback',
    payload: { by: 'erin', reason: 'no', phase: '9z' },
    code: 'PG209',
    reason: /this is phase 1a/,
  },
];

describe('a message that cannot be taken', () => {
  let run: Run;
  beforeAll(async () => {
    stage = await openStage();
    run = await waiting();
  });
  afterAll(() => stage.close());

  it.each(refusals)('is refused, as update and as signal: $what', async ({ name, payload, code, reason }) => {
    const refusal = await refusalOf(stage.tell('1a', name, payload));
    expect(refusal).toEqual({ code, reason: expect.stringMatching(reason) as string });

    const sentAt = Date.now();
    await stage.phaseHandle('1a').signal(name, payload);
    const seen = await stage.until('the refusal', async () =>
      (await stage.phase('1a')).refusals.find((one) => one.at >= sentAt)
    );
    expect(seen).toMatchObject({ message: name, reason: expect.stringMatching(reason) as string });
  });

  it('leaves the gate open for one that can', async () => {
    expect((await stage.phase('1a')).gates).toHaveLength(1);
    await stage.tell('1a', 'approve', { by: 'erin' });
    expect((await run.result()).outcome?.kind).toBe('completed');
  });
});

describe('a message to a phase', () => {
  beforeAll(async () => {
    stage = await openStage();
  });
  beforeEach(() => stage.fresh());
  afterAll(() => stage.close());

  it.each([
    ['a bare name', 'approve', 'erin'],
    ['an array of one', 'approve', ['erin']],
    ['capitals everywhere', 'approve', { BY: 'ERIN', Gate: ' 1A/APPROVAL#1 ' }],
    ['a short address', 'approve', { by: 'erin', gate: 'approval' }],
  ] as const)('is taken with %s', async (_what, name, payload) => {
    const run = await waiting();
    expect(await stage.tell('1a', name, payload)).toEqual({ message: 'erin approved 1a/approval#1', repeated: false });
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it('is taken with a digest that was cut short', async () => {
    const run = await waiting();
    const { digest } = await stage.gate('1a');
    await stage.tell('1a', 'approve', { by: 'erin', digest: `${digest.slice(0, 'sha256:'.length + 12)}…` });
    await run.result();
  });

  it('of a name that nobody handles is shown with the names that are', async () => {
    await waiting();
    await stage.phaseHandle('1a').signal('Approved', { by: 'erin' });
    const [refusal] = await stage.until('the refusal', async () => {
      const { refusals: seen } = await stage.phase('1a');
      return seen.length > 0 && seen;
    });
    expect(refusal).toMatchObject({
      message: 'Approved',
      by: 'erin',
      reason: expect.stringContaining('approve, reject') as string,
    });
    await expect(stage.tell('1a', 'Approved' as MessageName, 'erin')).rejects.toThrow();
  });

  it('of a name that Temporal keeps for itself is refused as any other, by the run too', async () => {
    const run = await waiting();
    const where = stage.phaseHandle('1a');
    for (const handle of [run, where]) await sendRaw(stage.client, handle, '__temporal_approve', []);
    const refused = { message: '(__temporal_approve)', reason: expect.stringContaining('approve, reject') as string };
    await stage.until('the refusals', async () => {
      const [ofRun, ofPhase] = [(await stage.status()).refusals, (await stage.phase('1a')).refusals];
      return ofRun.length > 0 && ofPhase.length > 0;
    });
    expect((await stage.status()).refusals).toMatchObject([refused]);
    expect((await stage.phase('1a')).refusals).toMatchObject([refused]);
    await stage.tell('1a', 'approve', 'erin');
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it('with a payload that cannot be decoded is refused and harms nothing', async () => {
    const run = await waiting();
    const where = stage.phaseHandle('1a');
    await sendRaw(stage.client, where, 'approve', [{ encoding: 'json/protobuf', data: 'nonsense' }]);
    await sendRaw(stage.client, where, 'approve', [{ encoding: 'json/plain', data: '{"by":' }]);
    await sendRaw(stage.client, where, 'approve', [{ encoding: 'binary/never-heard-of', data: '\u0000' }]);
    const refusals = await stage.until('three refusals', async () => {
      const { refusals: seen } = await stage.phase('1a');
      return seen.length === 3 && seen;
    });
    for (const { reason } of refusals) expect(reason).toMatch(/could not be decoded.*Send for example/);
    await stage.tell('1a', 'approve', 'erin');
    await run.result();
  });

  it('with several arguments is refused', async () => {
    await waiting();
    await stage.phaseHandle('1a').signal('approve', { by: 'erin' }, { by: 'lee' });
    const refusal = await stage.until('the refusal', async () => (await stage.phase('1a')).refusals[0]);
    expect(refusal.reason).toMatch(/one object is expected/);
  });

  it('is refused before its gate opens and after it closed', async () => {
    stage.world.onWindow = () => 'PASS';
    const run = await stage.start(
      plan([
        phase('1a', { before: [step.attest('online')], approval: approval() }),
        phase('1b', { before: [step.attest('ready')], after: ['1a'] }),
      ])
    );
    await stage.gate('1a', '1a/online#1');
    expect(await refusalOf(stage.tell('1a', 'approve', { by: 'erin', gate: approve }))).toMatchObject({
      code: 'PG208',
      reason: '1a/approval#1 is not open (open: 1a/online#1)',
    });
    await stage.tell('1a', 'attest', { by: 'erin', item: '1a/online', answer: 'done' });
    await stage.gate('1a', approve);
    await stage.tell('1a', 'approve', { by: 'erin', gate: approve });
    await stage.gate('1b', '1b/ready#1');
    // The phase has ended: the run hands on, and the phase under way refuses.
    await stage.tell(run, 'approve', { by: 'lee', gate: approve });
    const refusal = await stage.until('the refusal', async () => (await stage.phase('1b')).refusals[0]);
    expect(refusal.reason).toMatch(/1a\/approval#1 is not open/);
  });

  it('repeated with the same id, or by the same person, is the same message', async () => {
    const run = await stage.start(plan([phase('1a', { approval: approval({ roles: { lead: 2 } }) })]));
    await stage.gate('1a');
    const id = randomUUID();
    expect(await stage.tell('1a', 'approve', { by: 'erin', id })).toEqual({
      message: 'erin approved 1a/approval#1, still needs 1 lead',
      repeated: false,
    });
    const again = { message: 'erin approved 1a/approval#1, still needs 1 lead', repeated: true };
    expect(await stage.tell('1a', 'approve', { by: 'erin', id })).toEqual(again);
    expect(await stage.tell('1a', 'approve', { by: 'erin', id: randomUUID() })).toEqual(again);
    expect(await stage.tell('1a', 'approve', 'ERIN')).toEqual(again);
    await stage.phaseHandle('1a').signal('approve', { by: 'erin', id });
    expect((await stage.phase('1a')).decisions.map((one) => one.by)).toEqual(['erin']);
    expect((await stage.phase('1a')).refusals).toEqual([]);
    expect((await stage.gate('1a')).people).toEqual(['lee']);
    await stage.tell('1a', 'approve', 'lee');
    await run.result();
  });

  it('200 times garbage leaves the run unharmed and the refusals bounded', async () => {
    const run = await waiting();
    const where = stage.phaseHandle('1a');
    for (let batch = 0; batch < 10; batch++) {
      await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          where.signal(n % 2 === 0 ? 'approve' : 'no-such-message', {
            by: `somebody-${batch}-${n}`,
            junk: 'x'.repeat(1000),
          })
        )
      );
    }
    await where.signal('approve', 'erin');
    expect((await run.result()).outcome?.kind).toBe('completed');
    const { refusals: seen } = await stage.phase('1a');
    expect(seen).toHaveLength(20);
    expect(JSON.stringify(seen).length).toBeLessThan(20_000);
  });

  it('sent to the run instead is handed on to the phase under way', async () => {
    const run = await waiting();
    expect(await stage.tell(run, 'approve', { by: 'erin' })).toEqual({
      message: `handed on to ${stage.phaseHandle('1a').workflowId}, which decides`,
      repeated: false,
    });
    expect((await run.result()).outcome?.kind).toBe('completed');
    expect((await stage.phase('1a')).decisions).toMatchObject([{ by: 'erin', identity: 'identity' }]);
  });

  it('sent to the run as a signal is handed on as well, and a bad one is shown there', async () => {
    const run = await waiting();
    await run.signal('approve', { by: 'mallory' });
    const refusal = await stage.until('the refusal', async () => (await stage.status()).refusals[0]);
    expect(refusal).toMatchObject({ message: 'approve', by: 'mallory' });
    await run.signal('approve', 'erin');
    await run.result();
  });
});
