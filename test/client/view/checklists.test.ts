import { describe, expect, it } from 'vitest';
import type { RunSnapshot } from '../../../src/client/read/snapshot.js';
import { plain } from '../../../src/client/render/paint.js';
import { frame } from '../../../src/client/view/frame.js';
import { fit } from '../../../src/client/view/line.js';
import type { Gate, StepRecord } from '../../../src/plan/run-status.js';
import { approval, phase, plan, step } from '../../support/stage/plans.js';
import { approvalGate, frozen, phaseStatus, record, run, second, snapshot, t } from '../support/snapshots.js';

const id = 'pre-deployment';
const lists = [
  { id: 'testing', title: 'Testing and quality assurance', items: ['unit-tests', 'load-tests', 'rollback-tests'] },
  { id: 'business', title: 'Business continuity', items: ['stakeholders', 'support'] },
];
const stage = phase(id, {
  title: 'Pre-deployment checklists',
  checklists: lists,
  before: lists.flatMap(({ items }) => items.map((item) => step.attest(item))),
  steps: [],
  approval: approval({ roles: { cto: 1, lead: 1 }, needs: 'any' }),
});

function item(name: string, change: Partial<StepRecord>): StepRecord {
  return record(name, { address: `${id}/${name}#1`, part: 'before', kind: 'attest', ...change });
}

function open(name: string, people: string[]): Gate {
  return approvalGate({
    address: `${id}/${name}#1`,
    kind: 'attestation',
    title: `Attest ${name}`,
    people,
    then: 'ask again',
    answers: ['attest'],
  });
}

function drawn(steps: StepRecord[], gates: Gate[]): string[] {
  const planned = plan([stage, phase('1a', { after: [id] })]);
  const workflowId = `migration/demo/test-plan/phase/${id}`;
  const current = run();
  const of: RunSnapshot = snapshot({
    frozen: frozen({ plan: planned }),
    run: {
      ...current,
      state: 'waiting',
      phases: [
        { id, title: stage.title, state: 'running', workflowId, runId: 'r', startedAt: t },
        { id: '1a', title: 'Phase 1a', state: 'pending', workflowId: '' },
      ],
    },
    phases: [phaseStatus({ phase: id, title: stage.title, workflowId, runId: 'r', state: 'waiting', steps, gates })],
  });
  return fit(frame(of, { paint: plain, columns: 100, now: t + 45 * second }), 100, Infinity);
}

const waiting = { state: 'waiting', verdict: undefined, endedAt: undefined, reason: undefined } as const;

describe('the checklists in the picture of a run', () => {
  it('are a line each, with who owes what when there is much of it', () => {
    const owed = ['unit-tests', 'load-tests', 'rollback-tests', 'stakeholders'];
    const lines = drawn(
      [...owed.map((name) => item(name, waiting)), item('support', { answer: na })],
      owed.map((name) => open(name, name === 'stakeholders' ? ['dana'] : ['erin', 'lee']))
    );
    expect(lines.slice(4, -4)).toMatchInlineSnapshot(`
      [
        "◷ pre-deployment  Pre-deployment checklists  waiting       45 s",
        "    ◷ Testing and quality assurance  0 of 3 passed",
        "    ◷ Business continuity            1 of 2 passed, of them 1 not applicable",
        "· 1a  Phase 1a",
        "",
        "◷ waiting for 4 items of pre-deployment",
        "    erin or lee: unit-tests, load-tests, rollback-tests",
        "    dana: stakeholders",
        "    phasegate attest pre-deployment/ITEM demo/test-plan --answer done",
        "",
      ]
    `);
  });

  it('show an item that failed with what to type, and those that were waived', () => {
    const failed = item('load-tests', { state: 'on hold', reason: 'erin: failed · two are red' });
    const hold = open('load-tests', ['dana']);
    const lines = drawn(
      [
        item('unit-tests', {}),
        failed,
        item('rollback-tests', { state: 'waived' }),
        item('stakeholders', {}),
        item('support', {}),
      ],
      [{ ...hold, kind: 'hold', reason: 'erin: failed · two are red', answers: ['retry', 'rollback'] }]
    );
    expect(lines.slice(4, -6)).toMatchInlineSnapshot(`
      [
        "◷ pre-deployment  Pre-deployment checklists  waiting       45 s",
        "    ■ Testing and quality assurance  2 of 3 passed, of them 1 waived",
        "    ✔ Business continuity            2 of 2 passed",
        "    ■ Step load-tests                                                  on hold 1 s",
        "      erin: failed · two are red",
        "· 1a  Phase 1a",
        "",
        "■ on hold until 21:31:30 UTC (in 45 s), then ask again",
        "    pre-deployment/load-tests#1 Attest load-tests: erin: failed · two are red",
        "    asked: dana; anybody of the environment may retry or rollback",
        "    phasegate retry demo/test-plan --gate pre-deployment/load-tests#1",
      ]
    `);
  });

  it('ask one of several roles for the approval where one is enough', () => {
    const done = lists.flatMap(({ items }) => items.map((name) => item(name, {})));
    const asked = approvalGate({ address: `${id}/approval#1`, roles: { cto: 1, lead: 1 }, needs: 'any' });
    expect(drawn(done, [asked]).join('\n')).toContain('needs 1 cto or 1 lead');
  });
});

const na = { by: 'carlos', answer: 'not-applicable', reason: 'no customers yet', at: t };
