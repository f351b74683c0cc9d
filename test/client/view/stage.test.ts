import { describe, expect, it } from 'vitest';
import { plain } from '../../../src/client/render/paint.js';
import { frame } from '../../../src/client/view/frame.js';
import { fit } from '../../../src/client/view/line.js';
import type { Gate, PhaseStatus } from '../../../src/plan/run-status.js';
import { approval, phase, plan, span, windowSpec } from '../../support/stage/plans.js';
import { frozen, heartbeat, holdGate, phaseStatus, record, run, second, snapshot, t } from '../support/snapshots.js';

const id = 'immediate';
const workflowId = `migration/demo/test-plan/phase/${id}`;
const hour = 3600 * second;
const spec = windowSpec({ throughout: true, length: span(hour / 2), deadline: span(4 * hour) });
const stage = phase(id, {
  title: 'Immediate validation',
  checklists: [{ id, title: 'Immediate validation', items: ['errors'] }],
  stage: {
    since: '1a',
    from: span(0),
    to: span(4 * hour),
    repeatEvery: span(hour),
    rollbackApproval: approval({ roles: { cto: 1 } }),
  },
  before: [{ kind: 'watch', id: 'errors', title: 'Errors stay low', onFail: 'hold', window: spec }],
  steps: [],
});

function drawn(change: Partial<PhaseStatus>, live = false): string {
  const current = run();
  const phases = [
    { id: '1a', title: 'Phase 1a', state: 'completed' as const, workflowId: '' },
    { id, title: stage.title, state: 'running' as const, workflowId, runId: 'r', startedAt: t },
  ];
  const of = snapshot({
    frozen: frozen({ plan: plan([phase('1a'), stage]) }),
    run: { ...current, phases },
    phases: [phaseStatus({ phase: id, title: stage.title, workflowId, state: 'running', ...change })],
    windows: live
      ? [{ workflowId, heartbeat: { ...heartbeat([0.99, 0.98]), address: `${id}/errors#1` }, at: t + hour }]
      : [],
  });
  return fit(frame(of, { paint: plain, columns: 160, now: t + hour }), 160, Infinity).join('\n');
}

const watching = record('errors', {
  address: `${id}/errors#1`,
  part: 'before',
  kind: 'watch',
  title: 'Errors stay low',
  state: 'running',
  startedAt: t,
  window: { t0: t, lengthMs: 4 * hour, planned: '4h', deadlineAt: t + 5 * hour },
});
delete watching.endedAt;

describe('a stage of the validation in the live view', () => {
  it('says when it begins', () => {
    const view = drawn({ steps: [], opensAt: t + 2 * hour });
    expect(view).toContain('waits for its time to begin');
    expect(view).toContain('(in 60 min)');
  });

  it('says until when it is watched, and how far its windows are: by their time, not by what was good so far', () => {
    const view = drawn({ steps: [watching], endsAt: t + 4 * hour }, true);
    expect(view).toMatch(/watched until .* \(in 3 h\)/);
    expect(view).toMatch(/━{5}─{15} 60 min of 4 h · \d+ samples in a row/);
  });

  it('says what a rollback takes back, and whose approval it needs', () => {
    const gate: Gate = { ...holdGate(), address: `${id}/errors#1`, reach: 'all', then: 'ask again' };
    const view = drawn({ state: 'on hold', steps: [{ ...watching, state: 'on hold' }], gates: [gate] });
    expect(view).toContain('rollback takes back everything, when cto approves it');
    expect(view).toContain('phasegate rollback demo/test-plan --reason "why"');
    expect(view).not.toContain('--phase');
  });
});
