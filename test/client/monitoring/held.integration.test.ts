import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { shipped } from './plans.js';
import { rendered, tool } from './rendered.js';

interface Group {
  name: string;
  rules: Array<{ labels: Record<string, string> }>;
}

const critical = 'golden_path_success_rate_critical';
const warning = 'golden_path_success_rate_warning';
const cause = 'workflow_duration_incident_performance-degradation';

/** The rules of one metric, and what fires of them for these samples, one every 15 s, at a minute. */
async function holds(
  metric: string,
  samples: Record<string, string>,
  minute: number,
  { firing = [], told = [] }: { firing?: string[]; told?: object[] }
): Promise<void> {
  const { plan, environment } = await shipped();
  const { folder } = await rendered(await shipped());
  const own = `plan="${plan.id}",environment="${environment.id}"`;
  const file = path.join(folder, 'prometheus/rules.yml');
  const { groups } = parse(readFileSync(file, 'utf8')) as { groups: Group[] };
  const alerts = groups.filter(({ name }) => name.endsWith(' alerts'));
  const rules = alerts.flatMap((group) => group.rules).filter(({ labels }) => labels['metric'] === metric);
  writeFileSync(file, stringify({ groups: [{ name: 'alerts', interval: '15s', rules }] }));
  const tests = [
    {
      interval: '15s',
      input_series: Object.entries(samples).map(([name, values]) => ({
        series: name.includes('{') ? name.replace('}', `,${own}}`) : `${name}{${own}}`,
        values,
      })),
      promql_expr_test: [
        {
          expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
          eval_time: `${minute}m`,
          exp_samples: firing.map((name) => ({ labels: `{alertname="${name}"}`, value: 1 })),
        },
        // One alert since the first sample: with other labels, or after a pause, it would be another.
        {
          expr: `max by (alertname) (ALERTS_FOR_STATE{alertname=~"${critical}|${cause}"})`,
          eval_time: `${minute}m`,
          exp_samples: firing.flatMap((name) =>
            name === critical || name === cause ? [{ labels: `{alertname="${name}"}`, value: 0 }] : []
          ),
        },
      ],
      alert_rule_test: told,
    },
  ];
  const test = path.join(folder, 'prometheus/held.test.yml');
  writeFileSync(test, stringify({ rule_files: ['rules.yml'], evaluation_interval: '15s', tests }));
  const tested = await tool('promtool', path.dirname(test), ['test', 'rules', test]);
  expect(tested.code, tested.out).toBe(0);
}

describe('a critical alert whose data vanish', () => {
  const rate = 'golden_path_success_rate';
  const incident = 'golden_path_success_rate_incident_golden-path-failure';
  const gone = `${rate}_no_data`;
  const nothing = Array.from({ length: 40 }, () => 'NaN').join(' ');

  it.each<[string, string, number, string[]]>([
    ['goes on when nothing is counted any more', `0.75x20 ${nothing}`, 14, [critical, gone]],
    ['goes on when the series is gone', '0.75x20 stale', 14, [critical, gone]],
    ['goes on for each that fired', `0.4x20 ${nothing}`, 14, [critical, incident, gone]],
    ['ends when the data come back good', `0.75x20 ${nothing} 0.97x20`, 19, []],
    ['goes on when they come back bad', `0.75x20 ${nothing} 0.75x20`, 19, [critical, warning]],
    ['ends when nobody has had any for six hours', '0.75x20 stale', 366, [gone]],
    ['does not fire for what was good before', `0.97x20 ${nothing}`, 14, [gone]],
    ['does not fire for one bad sample, as it does not with data', `0.97x20 0.75 ${nothing}`, 14, [gone]],
    ['is not as grave as critical: a warning ends', `0.85x20 ${nothing}`, 14, [gone]],
  ])('%s', { timeout: 60_000 }, async (_, values, minute, firing) => {
    await holds(rate, { [`phasegate:${rate}`]: values }, minute, { firing });
  });

  it('goes on where it compares with a baseline', { timeout: 60_000 }, async () => {
    const samples = {
      'phasegate:workflow_duration': `7x20 ${nothing}`,
      'phasegate_metric_baseline{metric="workflow_duration"}': '4x20 stale',
    };
    await holds('workflow_duration', samples, 14, { firing: [cause, 'workflow_duration_no_data'] });
  });

  it('says the last value that there was', async () => {
    const { plan, environment } = await shipped();
    const run = { plan: plan.id, environment: environment.id };
    const told = {
      eval_time: '14m',
      alertname: 'state_corruptions_incident_data-corruption',
      exp_alerts: [
        {
          exp_labels: {
            ...run,
            severity: 'critical',
            metric: 'state_corruptions',
            phasegate_plan: run.plan,
            phasegate_environment: run.environment,
            phasegate_metric: 'state_corruptions',
            phasegate_cause: 'data-corruption',
            phasegate_rendered: 'true',
          },
          exp_annotations: {
            summary: 'CRITICAL: Data corruption or loss detected: state_corruptions is 4',
            description:
              'state_corruptions is 4, which makes an incident of severity 1: state_corruptions >= 1. Action: Initiate emergency rollback.',
            runbook: 'runbook.html#metric-state_corruptions',
          },
        },
      ],
    };
    const firing = ['state_corruptions_incident_data-corruption', 'state_corruptions_no_data'];
    await holds('state_corruptions', { 'phasegate:state_corruptions': '3x19 4 stale' }, 14, { firing, told: [told] });
  });
});
