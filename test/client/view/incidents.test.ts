import { describe, expect, it } from 'vitest';
import { plain } from '../../../src/client/render/paint.js';
import { incidentLines } from '../../../src/client/view/incident-lines.js';
import { fit } from '../../../src/client/view/line.js';
import { freshIncident, type IncidentState } from '../../../src/plan/incidents/course.js';
import { incidentStatus } from '../../../src/plan/incidents/status.js';
import { approval, incidentInput, incidents, phase, plan, span } from '../../support/stage/plans.js';
import { frozen, heartbeat, run, second, snapshot, t } from '../support/snapshots.js';

const workflowId = 'migration/demo/test-plan/incident/3';
const now = t + 2 * second;

function drawn(change: Partial<IncidentState>, { live = false, columns = 100, title = 'Slow' } = {}): string[] {
  const input = incidentInput({ title });
  const status = incidentStatus(input, { ...freshIncident(input, t), ...change }, { workflowId, runId: 'i' });
  const windows = live ? [{ workflowId, heartbeat: heartbeat([0.99, 0.98]), at: now }] : [];
  const of = snapshot({ frozen: frozen({ plan: plan([], { incidents: incidents() }) }), incidents: [status], windows });
  return fit(incidentLines(of, { paint: plain, columns, now }), columns, Infinity);
}

describe('an incident in the live view', () => {
  it('says who owes what until when, and what to type', () => {
    expect(drawn({})).toEqual([
      '! incident/3 severity 2, open: Slow; anybody: acknowledge it until 21:31:00 UTC (in 58 s)',
      '    phasegate incident ack incident/3 demo/test-plan',
    ]);
  });

  it('with line breaks in its title looks like no other line', () => {
    const [first, second] = drawn({}, { title: 'Slow\n✔ completed\n', columns: 140 });
    expect(first).toMatch(/^! incident\/3 severity 2, open: Slow ✔ completed ; anybody: acknowledge it until /);
    expect(second).toBe('    phasegate incident ack incident/3 demo/test-plan');
  });

  describe('that holds the run', () => {
    const stages = ['immediate', 'early'].map((id) =>
      phase(id, {
        stage: {
          since: '1a',
          from: span(0),
          to: span(second),
          repeatEvery: span(second),
          rollbackApproval: approval(),
        },
      })
    );
    const of = frozen({ plan: plan([phase('1a'), ...stages], { incidents: incidents() }) });
    const component = '    phasegate rollback demo/test-plan --phase 1a --reason "why"';
    it.each([
      ['while its phases deploy', ['running', 'pending', 'pending'], [component]],
      ['just before the first stage', ['completed', 'pending', 'pending'], []],
      ['in a stage, which takes back nothing alone', ['completed', 'running', 'pending'], []],
      ['between two stages', ['completed', 'completed', 'pending'], []],
    ] as const)('says how to take back its component: %s', (_, states, wanted) => {
      const input = incidentInput({ phase: '1a' });
      const asked: IncidentState = { ...freshIncident(input, t), rollback: { reach: 'component', state: 'asked' } };
      const phases = of.plan.phases.map(({ id, title }, n) => ({
        id,
        title,
        state: states[n] ?? 'pending',
        workflowId: '',
      }));
      const held = snapshot({
        frozen: of,
        run: run({ phases }),
        incidents: [incidentStatus(input, asked, { workflowId, runId: 'i' })],
      });
      const lines = fit(incidentLines(held, { paint: plain, columns: 100, now }), 100, Infinity);
      expect(lines.slice(1)).toEqual(['    phasegate incident ack incident/3 demo/test-plan', ...wanted]);
    });
  });

  const validating = { by: 'lee', at: t + second, reason: 'fixed' };
  const acknowledged = { by: 'lee', at: t };

  it('shows how far the metrics are while somebody says that it is resolved, and until when that may take', () => {
    expect(drawn({ acknowledged, validating }, { live: true })).toMatchInlineSnapshot(`
      [
        "! incident/3 severity 2, acknowledged: Slow",
        "    lee says that it is resolved: the red metrics must be inside their targets for 1000ms",
        "    ━━━━──────────────── 800 ms of 1 s · 2/11 samples in a row",
        "    may take until 21:30:04 UTC (in 2 s), then it is not resolved",
        "    ✔ ok  success > 95%  98%  █▁",
      ]
    `);
  });

  it('before their first sample and in a narrow terminal too', () => {
    expect(drawn({ acknowledged, validating }, { columns: 60 })).toMatchInlineSnapshot(`
      [
        "! incident/3 severity 2, acknowledged: Slow",
        "    lee says that it is resolved: the red metrics must be",
        "    inside their targets for 1000ms",
        "    ──────────────────── 800 ms of 1 s · no sample yet",
        "    may take until 21:30:04 UTC (in 2 s), then it is not",
        "    resolved",
      ]
    `);
  });
});
