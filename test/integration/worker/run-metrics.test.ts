import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FrozenPlan } from '../../../src/plan/model.js';
import { incidentWorkflowId, migrationId, workflowQueue } from '../../../src/plan/names.js';
import { runMetrics } from '../../../src/plan/run-metrics.js';
import { searchAttributes } from '../../../src/plan/search-attributes.js';
import type { migration } from '../../../src/workflows/migration.js';
import { rendered } from '../../client/monitoring/rendered.js';
import { alertsOf } from '../../support/alert/alert-input.js';
import { goLive } from '../../support/live/live.js';
import { needs } from '../../support/needs.js';
import { guardedPlan } from '../../support/stage/guarded.js';
import { approval, incidents, phase, runInput, severity, span, step } from '../../support/stage/plans.js';

const rollback = { metrics: [], window: { ...step.watch('none').window, criteria: [] }, checks: [] };

const soon = { escalateAfter: span(500) };
const slower = { id: 'slow', when: { metric: 'latency', slower: { above: 0.5 } } };

/** Names of what the rendered dashboards ask of workers. */
async function askedByDashboards(frozen: FrozenPlan): Promise<string[]> {
  const { files } = await rendered(frozen);
  const boards = [...files].flatMap(([name, text]) => (name.startsWith('grafana/') ? [text] : []));
  const queries = boards.flatMap((text) => [...text.matchAll(/"expr": "((?:[^"\\]|\\.)*)"/g)].map(([, expr]) => expr));
  return [...new Set(queries.flatMap((expr = '') => expr.match(/\bphasegate_\w+(?=\{)/g) ?? []))];
}

describe('the metrics of a real worker', { timeout: 180_000 }, () => {
  it('tell of a run: phases, steps, verdicts, flags as their system has them, who is awaited, the way back, guard, alerts, incidents, and its end', async () => {
    needs('prometheus', 'apt-get install --no-install-recommends prometheus');
    const live = await goLive(['FLAG_ONE', 'FLAG_TWO']);
    live.target.set(1, 'latency');
    const worker = await live.startWorker();
    const log = readFileSync(worker.logFile, 'utf8');
    const [, health = ''] = /health (http:\/\/127\.0\.0\.1:\d+)/.exec(log) ?? [];
    const exported = async (): Promise<string[]> => {
      const text = await (await fetch(`${health}/metrics`)).text();
      const own = `environment="${live.environment.id}",plan="test-plan"`;
      return text
        .split('\n')
        .filter((line) => line.includes(live.environment.id) && !line.startsWith('#'))
        .map((line) => line.replace(own, '').replace('{,', '{'));
    };
    const shows = (line: string): Promise<unknown> =>
      live.until(line, async () => (await exported()).includes(line) || undefined);

    const { metrics } = live.environment;
    const environment: typeof live.environment = {
      ...live.environment,
      metrics: { ...metrics, bindings: { ...metrics.bindings, latency: { promql: 'max_over_time(latency[4s])' } } },
      channels: [{ kind: 'log', name: 'log' }],
    };
    // What the phase notes as the baseline must be there when it begins.
    const seen = `${metrics.url}/api/v1/query?query=${encodeURIComponent('latency offset 2s')}`;
    await live.until('the latency', async () => (await (await fetch(seen)).text()).includes('"value"'));
    const planned = guardedPlan(
      [
        phase('1a', { steps: [step.flag('one', { key: 'FLAG_ONE', percent: 25 })], baselineNoted: ['latency'] }),
        phase('1b', {
          after: ['1a'],
          steps: [step.check('smoke'), step.flag('two', { key: 'FLAG_TWO', cannotUndo: 'what was sent is sent' })],
          approval: approval({ expires: span(600_000) }),
        }),
      ],
      {
        rollback,
        alerts: alertsOf({}, { channels: ['log'], escalate: { after: span(500), to: ['cto'] } }),
        incidents: incidents({ severities: [severity(1), severity(2), severity(3, [slower], soon)] }),
      },
      { every: span(1_000) }
    );
    const input = runInput(planned, environment);
    const handle = await live.client.workflow.start<typeof migration>('migration', {
      workflowId: migrationId(environment.id, planned.id),
      taskQueue: workflowQueue,
      args: [input],
      // As `phasegate start` does.
      typedSearchAttributes: [
        { key: searchAttributes.plan, value: planned.id },
        { key: searchAttributes.environment, value: environment.id },
      ],
    });
    onTestFinished(async () => {
      for (const number of [1, 2]) {
        const incident = live.client.workflow.getHandle(incidentWorkflowId(handle.workflowId, number));
        await incident.terminate('the test is over').catch(() => undefined);
      }
    });
    await live.until('the approval', async () => (await live.phase('1b')).gates.length > 0);
    // Beyond its warning, and slower than it was by more than the plan has for a severity 3.
    live.target.set(4, 'latency');
    await handle.signal('declare', { by: 'erin', severity: 3, customer: true, reason: 'a customer complains' });
    await shows('phasegate_incidents_escalated{} 2');
    await shows('phasegate_alerts_escalated{} 1');
    const wanted = [
      'phasegate_run_read{} 1',
      'phasegate_run_rollbacks{} 0',
      'phasegate_gates_open{kind="approval"} 1',
      'phasegate_gates_open{kind="hold"} 0',
      'phasegate_phase_state{phase="1a",state="completed"} 1',
      'phasegate_phase_state{phase="1b",state="waiting"} 1',
      'phasegate_step_state{phase="1b",step="two",state="passed"} 1',
      'phasegate_step_verdict{phase="1b",step="smoke",verdict="PASS"} 1',
      'phasegate_step_attempts{phase="1b",step="smoke"} 1',
      'phasegate_flag_enabled{flag="FLAG_ONE"} 1',
      'phasegate_flag_exposure_ratio{flag="FLAG_ONE"} 0.25',
      'phasegate_flag_exposure_ratio{flag="FLAG_TWO"} 0.05',
      'phasegate_changes_in_force{undo="possible"} 1',
      'phasegate_changes_in_force{undo="impossible"} 1',
      'phasegate_rollback_ready{} 0',
      'phasegate_guard_state{state="watching"} 1',
      'phasegate_metric_state{metric="success",state="ok"} 1',
      'phasegate_metric_state{metric="latency",state="warning"} 1',
      'phasegate_metric_baseline{metric="latency"} 1',
      'phasegate_alert_state{metric="latency",level="warning",state="firing"} 1',
      'phasegate_incident_state{incident="1",severity="3",state="open"} 1',
      'phasegate_incident_state{incident="2",severity="3",state="open"} 1',
      'phasegate_war_rooms_open{} 1',
    ];
    // Who does not answer a look in time has no line in it.
    const lines = await live.until('all of them', async () => {
      const now = await exported();
      return wanted.every((line) => now.includes(line)) && now;
    });
    expect(lines).toEqual(expect.arrayContaining(wanted));
    const told = new Set(lines.map((line) => /^\w+/.exec(line)?.[0] ?? ''));
    const asked = await askedByDashboards(input.versions[0] as FrozenPlan);
    expect(asked.length).toBeGreaterThan(15);
    // What no worker ever tells would be an empty panel for good.
    expect([...asked, ...Object.keys(runMetrics)].filter((name) => !told.has(name))).toEqual([]);

    await live.client.workflow.getHandle(`${handle.workflowId}/phase/1b`).signal('approve', { by: 'erin' });
    await handle.result();
    await shows('phasegate_run_state{state="completed"} 1');
    const after = await exported();
    expect(after.filter((line) => /phase_state|gates_open|rollback_ready|guard_state/.test(line))).toEqual([]);
    // Incidents outlive their run.
    expect(after.filter((line) => line.includes('incident_state'))).toHaveLength(2);
  });
});
