import { describe, expect, it } from 'vitest';
import { attestationProblem, findGate, starterMayDecide, type GateContext } from '../../src/plan/gate-rules.js';
import type { Person } from '../../src/plan/model.js';
import type { Gate } from '../../src/plan/run-status.js';

const people: Person[] = [
  { name: 'dana', title: '', roles: ['manager', 'lead'] },
  { name: 'erin', title: '', roles: ['lead'] },
  { name: 'carlos', title: '', roles: ['cto'] },
];
const digest = `sha256:${'ab12'.repeat(16)}`;

function gate(address: string, change: Partial<Gate> = {}): Gate {
  return {
    address,
    kind: 'approval',
    title: address,
    reason: '',
    roles: { lead: 1 },
    people: ['erin'],
    decisions: [],
    openedAt: 0,
    deadlineAt: 0,
    then: 'roll back',
    digest,
    answers: ['approve', 'reject'],
    ...change,
  };
}

const approval = gate('1a/approval#1');
const hold = gate('1a/window#2', {
  kind: 'hold',
  roles: { cto: 1 },
  people: ['dana', 'carlos'],
  answers: ['retry', 'rollback', 'waive'],
});
const context: GateContext = { phase: '1a', people, startedBy: 'dana', allowStarter: () => false };

function found(answer: string, asked: Parameters<typeof findGate>[2], gates: Gate[] = [approval, hold]): string {
  const result = findGate(gates, answer, asked, context);
  return 'code' in result ? result.code : result.gate.address;
}

describe('finding the gate that an answer is for', () => {
  it.each([
    ['the only one that takes it', 'approve', { by: 'erin' }, '1a/approval#1'],
    ['by a short address', 'approve', { by: 'erin', gate: 'approval' }, '1a/approval#1'],
    ['in capitals', 'retry', { by: 'erin', gate: '1A/WINDOW' }, '1a/window#2'],
    ['with the digest cut short', 'approve', { by: 'erin', digest: 'ab12ab12' }, '1a/approval#1'],
    ['a retry by anybody', 'retry', { by: 'erin' }, '1a/window#2'],
    ['a waiver by its role', 'waive', { by: 'carlos' }, '1a/window#2'],
    ['a waiver by another', 'waive', { by: 'erin' }, 'PG204'],
    ['a stranger', 'approve', { by: 'mallory' }, 'PG204'],
    ['somebody without the role', 'approve', { by: 'carlos' }, 'PG204'],
    ['the starter', 'approve', { by: 'dana' }, 'PG205'],
    ['the starter waiving', 'waive', { by: 'dana' }, 'PG205'],
    ['another digest', 'approve', { by: 'erin', digest: 'ffffffff' }, 'PG206'],
    ['another attempt', 'approve', { by: 'erin', gate: '1a/approval#2' }, 'PG208'],
    ['an answer that the gate does not take', 'retry', { by: 'erin', gate: 'approval' }, 'PG208'],
    ['no such gate', 'approve', { by: 'erin', gate: 'nowhere' }, 'PG208'],
  ])('%s', (_what, answer, asked, expected) => {
    expect(found(answer, asked)).toBe(expected);
  });

  it('says so when no gate takes the answer, or several do', () => {
    expect(found('attest', { by: 'erin' })).toBe('PG203');
    expect(found('approve', { by: 'erin' }, [])).toBe('PG203');
    const both = [gate('1a/one#1'), gate('1a/two#1')];
    expect(findGate(both, 'approve', { by: 'erin' }, context)).toEqual({
      code: 'PG209',
      reason: 'several gates are open, say which one: 1a/one#1, 1a/two#1',
    });
    expect(found('approve', { by: 'erin', gate: 'two' }, both)).toBe('1a/two#1');
  });

  it('looks at the version before the person: a stale page is mended first', () => {
    expect(found('approve', { by: 'mallory', digest: 'ffffffff' })).toBe('PG206');
  });

  it('takes a no from somebody whose yes is not needed any more, and not a second yes', () => {
    const said = { id: '1', gate: '1a/approval#1', by: 'erin', roles: ['lead'], at: 0, identity: 'identity' as const };
    const decided = gate('1a/approval#1', { people: [], decisions: [{ ...said, decision: 'approve' }] });
    expect(found('reject', { by: 'erin' }, [decided])).toBe('1a/approval#1');
    expect(found('approve', { by: 'erin' }, [decided])).toBe('PG208');
    expect(found('approve', { by: 'carlos' }, [decided])).toBe('PG204');
  });

  it('lets the starter decide where the plan says so', () => {
    const own = { ...context, allowStarter: () => true };
    const mine = gate('1a/approval#1', { people: ['dana', 'erin'] });
    expect(findGate([mine], 'approve', { by: 'dana' }, own)).toEqual({ gate: mine });
  });

  it('takes the yes of the next in line once that was asked', () => {
    const escalated = gate('1a/approval#1', { standIn: 'cto', people: ['erin', 'carlos'] });
    expect(found('approve', { by: 'carlos' }, [escalated])).toBe('1a/approval#1');
    expect(found('reject', { by: 'carlos' }, [escalated])).toBe('1a/approval#1');
  });
});

describe('the one who started a run', () => {
  const spec = {
    roles: { lead: 1 },
    expires: { ms: 1, planned: '1ms' },
    onExpiry: 'rollback',
    remindEvery: { ms: 1, planned: '1ms' },
  } as const;
  it.each([
    ['the approval', '1a/approval#2', false, false],
    ['the approval, where the plan allows it', '1a/approval#2', true, true],
    ['a HOLD', '1a/window#1', false, true],
    ['a step whose name ends so', '1a/my-approval#1', false, true],
    ['the approval of another phase', '1b/approval#1', false, true],
  ])('may decide at a gate of the phase, or not: %s', (_what, address, allowStarter, may) => {
    expect(starterMayDecide({ address }, { id: '1a', approval: { ...spec, allowStarter } })).toBe(may);
  });

  it.each([
    ['day-1/rollback#1', false, false],
    ['day-1/rollback#2', true, true],
    ['day-1/rollback-check#1', false, true],
    ['day-1/x/rollback#1', false, true],
  ])('at %s of a stage, whose rollback is agreed to with the starter counted: %s', (address, allowStarter, may) => {
    const time = { ms: 1000, planned: '1s' };
    const rollbackApproval = { ...spec, allowStarter };
    const stage = { since: '1a', from: time, to: time, repeatEvery: time, rollbackApproval };
    expect(starterMayDecide({ address }, { id: 'day-1', stage })).toBe(may);
    expect(starterMayDecide({ address: 'day-1/rollback#1' }, { id: 'day-1' })).toBe(false);
  });

  it('may not waive the approval of a phase that says nothing about it', () => {
    expect(starterMayDecide({ address: '1a/approval#1' }, { id: '1a' })).toBe(false);
  });
});

describe('the reason of a refusal', () => {
  const said = { id: '1', gate: '1a/approval#1', by: 'erin', roles: ['lead'], at: 0, identity: 'identity' as const };
  const decided = gate('1a/approval#1', { people: [], decisions: [{ ...said, decision: 'approve' }] });
  const two = gate('1a/approval#1', { roles: { lead: 1, cto: 1 }, people: ['erin', 'carlos'] });

  it.each([
    ['nothing open', 'attest', { by: 'erin' }, [approval], 'no gate is open that could take "attest"'],
    [
      'another answer wanted',
      'retry',
      { by: 'erin', gate: 'approval' },
      [approval],
      '1a/approval#1 does not take "retry": answer approve or reject',
    ],
    [
      'closed, others open',
      'approve',
      { by: 'erin', gate: 'x' },
      [approval, hold],
      'x is not open (open: 1a/approval#1, 1a/window#2)',
    ],
    ['closed, none open', 'approve', { by: 'erin', gate: 'x' }, [], 'x is not open (no gate is)'],
    ['no address', 'approve', { by: 'erin', gate: '//' }, [approval], '// is not open (open: 1a/approval#1)'],
    [
      'another version',
      'approve',
      { by: 'erin', digest: 'ffffffff' },
      [approval],
      '1a/approval#1 is bound to sha256:ab12ab12ab12…, not to ffffffff: look at it again, then answer',
    ],
    [
      'the starter',
      'approve',
      { by: 'dana' },
      [gate('1a/approval#1', { people: ['dana', 'erin'] })],
      'dana started this run, so the answer must come from somebody else (erin)',
    ],
    [
      'a second yes',
      'approve',
      { by: 'erin' },
      [decided],
      'erin has decided already at 1a/approval#1; one person counts once',
    ],
    [
      'no role',
      'approve',
      { by: 'carlos' },
      [approval],
      'carlos cannot answer 1a/approval#1 (role lead); may answer: erin',
    ],
    [
      'none of several roles',
      'waive',
      { by: 'erin' },
      [gate('1a/x#1', { ...two, roles: { cto: 1, ops: 1 }, answers: ['waive'] })],
      'erin cannot answer 1a/approval#1 (role cto, ops); may answer: erin or carlos',
    ],
    [
      'a stranger',
      'approve',
      { by: 'mallory' },
      [approval],
      "mallory is not one of this environment's people (dana, erin, carlos)",
    ],
  ])('tells what to do: %s', (_what, answer, asked, gates, reason) => {
    expect(findGate(gates, answer, asked, context)).toMatchObject({ reason });
  });
});

describe('an answer to a checklist item', () => {
  const item = { notApplicable: false, evidence: 'optional' as const };
  it.each([
    ['done', item, { answer: 'done' }, undefined],
    ['done without the evidence it needs', { ...item, evidence: 'required' as const }, { answer: 'done' }, 'PG212'],
    ['done with it', { ...item, evidence: 'required' as const }, { answer: 'done', evidence: 'link' }, undefined],
    [
      'failed without the evidence of a yes',
      { ...item, evidence: 'required' as const },
      { answer: 'failed', reason: 'why' },
      undefined,
    ],
    ['failed without a reason', item, { answer: 'failed' }, 'PG212'],
    ['failed with one', item, { answer: 'failed', reason: 'why' }, undefined],
    ['not applicable where that is no answer', item, { answer: 'not-applicable', reason: 'why' }, 'PG211'],
    [
      'not applicable where it is',
      { ...item, notApplicable: true },
      { answer: 'not-applicable', reason: 'x' },
      undefined,
    ],
    ['not applicable without a reason', { ...item, notApplicable: true }, { answer: 'not-applicable' }, 'PG212'],
  ])('%s', (_what, step, message, code) => {
    expect(attestationProblem(step, message)?.code).toBe(code);
  });

  it.each([
    ['javascript:alert(1)', 'javascript'],
    [' DATA:text/html,hello', 'data'],
    ['file:///etc/passwd', 'file'],
    ['ftp://files.example.com/proof', 'ftp'],
  ])('may not link by another scheme than the web: %s', (evidence, scheme) => {
    const problem = attestationProblem(item, { answer: 'done', evidence });
    expect(problem).toMatchObject({ code: 'PG212', reason: expect.stringContaining(`the scheme "${scheme}"`) });
  });

  it.each([
    'https://ci.example.com/1',
    'HTTP://ci.example.com/1',
    'seen: all green',
    'sha256:9f3c21',
    'file cabinet 3',
  ])('may have %s as evidence', (evidence) => {
    expect(attestationProblem(item, { answer: 'done', evidence })).toBeUndefined();
  });

  it.each([
    [{ answer: 'not-applicable', reason: 'why' }, 'this item does not allow "not-applicable": answer done or failed'],
    [{ answer: 'failed' }, '"failed" needs a reason'],
    [{ answer: 'done' }, 'this item needs evidence: a link, a note, or the digest of a file'],
  ])('that lacks something says what: %j', (message, reason) => {
    expect(attestationProblem({ ...item, evidence: 'required' }, message)?.reason).toBe(reason);
  });
});
