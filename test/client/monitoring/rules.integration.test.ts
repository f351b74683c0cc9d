import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { FrozenPlan } from '../../../src/plan/model.js';
import { otherTrouble } from '../../../src/plan/other-trouble.js';
import { bare, odd, shipped, watchedOver } from './plans.js';
import { rendered, tool } from './rendered.js';

interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations?: Record<string, string>;
}

function rulesOf(text: string): Rule[] {
  return (parse(text) as { groups: Array<{ rules: Rule[] }> }).groups.flatMap(({ rules }) => rules);
}

/** An hour of counters takes long, and says nothing of thresholds. */
function withoutCounters(file: string): void {
  const { tests, ...rest } = parse(readFileSync(file, 'utf8')) as { tests: Array<{ name: string }> };
  writeFileSync(file, stringify({ ...rest, tests: tests.filter(({ name }) => !name.startsWith('a counter')) }));
}

const plans: Array<[string, () => Promise<FrozenPlan>]> = [
  ['the shipped plan', shipped],
  ['one with routes, templates and context', watchedOver],
  ['one of odd metrics', async () => odd()],
];

describe.each(plans)('the rules of %s', (_, plan) => {
  it('are good for Prometheus, and their tests pass', { timeout: 120_000 }, async () => {
    const { folder } = await rendered(await plan());
    const prometheus = path.join(folder, 'prometheus');
    expect(await tool('promtool', prometheus, ['check', 'rules', 'rules.yml'])).toMatchObject({ code: 0 });
    const tested = await tool('promtool', prometheus, ['test', 'rules', 'rules.test.yml']);
    expect(tested.code, tested.out).toBe(0);
  });
});

describe('a threshold', () => {
  // Every operator and unit; the factor is what promtool must notice.
  it.each(['odd_0', 'odd_1', 'odd_2', 'odd_3', 'odd_4', 'tiny', 'huge', 'below_zero'])(
    'of %s that is moved or turned round is found by the tests',
    { timeout: 60_000 },
    async (name) => {
      const { folder } = await rendered(odd());
      const file = path.join(folder, 'prometheus/rules.yml');
      const before = readFileSync(file, 'utf8');
      const threshold = new RegExp(`(expr: phasegate:${name}\\{[^}]*\\} (?:[<>]=?|==) )(\\S+)`);
      writeFileSync(
        file,
        before.replace(threshold, (_, start: string, value: string) => `${start}${Number(value) * 1.5}`)
      );
      expect(readFileSync(file, 'utf8')).not.toBe(before);
      withoutCounters(path.join(folder, 'prometheus/rules.test.yml'));
      expect(await tool('promtool', path.dirname(file), ['test', 'rules', 'rules.test.yml'])).toMatchObject({
        code: 1,
      });
    }
  );

  it('is an alert that says how bad it is, whom it belongs to and what to do', async () => {
    const { files } = await rendered(await bare());
    const rule = rulesOf(files.get('prometheus/rules.yml') ?? '').find(
      ({ alert }) => alert === 'golden_path_success_rate_critical'
    );
    expect(rule).toMatchObject({
      expr: expect.stringMatching(
        /^phasegate:golden_path_success_rate\{plan="user-execution-context",environment="example-production"\} < 0\.8 or \(/
      ),
      labels: {
        severity: 'critical',
        priority: 'red',
        metric: 'golden_path_success_rate',
        plan: 'user-execution-context',
        environment: 'example-production',
        phasegate_plan: 'user-execution-context',
        phasegate_environment: 'example-production',
        phasegate_metric: 'golden_path_success_rate',
        phasegate_rendered: 'true',
      },
      annotations: {
        business_impact: 'Direct revenue impact, more than $500K ARR at risk',
        runbook: 'runbook.html#metric-golden_path_success_rate',
      },
    });
    expect(rule?.annotations?.['description']).toContain('critical: < 80%; the target is > 95%');
  });

  it("says over which time a value is, in the words of the plan's template", async () => {
    const { files } = await rendered(await shipped());
    const told = rulesOf(files.get('prometheus/rules.yml') ?? '').flatMap(
      ({ annotations }) => /Time Period: .*/.exec(annotations?.['description'] ?? '')?.[0] ?? []
    );
    // The threshold's alert, and that of the incident's own cause.
    expect(told).toEqual(['Time Period: 5m', 'Time Period: 5m']);
  });

  it('carries the cause that it makes an incident of, as the guard would, and what is missing carries none', async () => {
    const { files } = await rendered(await watchedOver());
    const causes = rulesOf(files.get('prometheus/rules.yml') ?? '').flatMap(({ alert, labels }) =>
      alert?.startsWith('user_isolation_violations')
        ? [[alert, labels['phasegate_cause'], labels['phasegate_metric']]]
        : []
    );
    expect(causes).toEqual([
      ['user_isolation_violations_warning', undefined, 'user_isolation_violations'],
      ['user_isolation_violations_critical', 'isolation', 'user_isolation_violations'],
      ['user_isolation_violations_no_data', undefined, 'user_isolation_violations'],
    ]);
  });

  it('has one alert for each level, and each metric that has one or makes an incident tells that it has no data', async () => {
    const frozen = await shipped();
    const { files } = await rendered(frozen);
    const names = rulesOf(files.get('prometheus/rules.yml') ?? '').flatMap(({ alert }) => alert ?? []);
    // The guard watches these, and no other metric of the plan.
    const wanted = (frozen.plan.guard?.metrics ?? []).flatMap((name) => {
      const { warning, critical } = frozen.plan.metrics[name] ?? {};
      return [
        ...(warning ? [`${name}_warning`] : []),
        ...(critical ? [`${name}_critical`] : []),
        ...ownCauses.flatMap(({ metric, id }) => (metric === name ? [`${name}_incident_${id}`] : [])),
        `${name}_no_data`,
      ];
    });
    expect(names.toSorted()).toEqual([...wanted, 'guard_silent'].toSorted());
    expect(names).toHaveLength(30 + 7 + 5 + 1);
  });
});

/** Those of the shipped plan that no threshold of a metric decides. */
const ownCauses = [
  { metric: 'golden_path_success_rate', id: 'golden-path-failure', level: 'critical' },
  { metric: 'workflow_success_rate', id: 'orchestrator-failure', level: 'critical' },
  { metric: 'workflow_duration', id: 'performance-degradation', level: 'critical' },
  { metric: 'workflow_duration', id: 'minor-performance', level: 'warning' },
  { metric: 'state_corruptions', id: 'data-corruption', level: 'critical' },
  { metric: 'tool_success_rate', id: 'dispatcher-failure', level: 'critical' },
  { metric: 'connection_success_rate', id: 'connection-failure', level: 'critical' },
];

describe('a cause of an incident with a condition of its own', () => {
  it('has an alert as grave as its incident, by which the receiver tells the run what the guard tells', async () => {
    const { plan } = await shipped();
    const { files } = await rendered(await shipped());
    const rules = rulesOf(files.get('prometheus/rules.yml') ?? '');
    const told = rules.flatMap(({ alert = '', labels }) => {
      const other = { name: alert, key: 'alertmanager/f', title: 't', reason: 'r', at: 7, labels };
      return alert.includes('_incident_') ? [{ labels, found: otherTrouble(other, plan) }] : [];
    });
    expect(told).toHaveLength(ownCauses.length);
    for (const { metric, id, level } of ownCauses) {
      const one = told.find(({ labels }) => labels['phasegate_cause'] === id);
      expect(one, id).toMatchObject({
        labels: { severity: level, metric, phasegate_metric: metric, phasegate_rendered: 'true' },
        found: { trouble: { dedupKey: `guard/cause/${id}`, cause: id, metric }, unknown: [] },
      });
    }
  });

  it.each([
    ['state_corruptions', '>= 1', '>= 2'],
    ['workflow_duration', '<= 1.5 *', '<= 1.4 *'],
    ['workflow_duration', '> 1.2 *', '> 1.1 *'],
  ])('whose bound of %s is moved is found by the tests: %s to %s', { timeout: 60_000 }, async (metric, from, to) => {
    const { folder } = await rendered(await shipped());
    const file = path.join(folder, 'prometheus/rules.yml');
    const before = readFileSync(file, 'utf8');
    const lines = before.split('\n');
    const at = lines.findIndex((line) => line.includes(`phasegate:${metric}{`) && line.includes(from));
    lines[at] = (lines[at] ?? '').replace(from, to);
    writeFileSync(file, lines.join('\n'));
    expect(readFileSync(file, 'utf8')).not.toBe(before);
    withoutCounters(path.join(folder, 'prometheus/rules.test.yml'));
    expect(await tool('promtool', path.dirname(file), ['test', 'rules', 'rules.test.yml'])).toMatchObject({ code: 1 });
  });

  it('fires for the values of the plan, in words that say what and what to do', { timeout: 120_000 }, async () => {
    const frozen = await shipped();
    const { folder } = await rendered(frozen);
    const own = `plan="${frozen.plan.id}",environment="${frozen.environment.id}"`;
    const duration = 'phasegate:workflow_duration';
    const slow = 'workflow_duration_incident_performance-degradation';
    const slower = 'workflow_duration_incident_minor-performance';
    const lost = 'state_corruptions_incident_data-corruption';
    const baseline = (values: string) => ({
      series: `phasegate_metric_baseline{environment="${frozen.environment.id}",plan="${frozen.plan.id}",metric="workflow_duration",instance="a"}`,
      values,
    });
    const fires = (input: Array<[string, string]>, base: object[], ...alerts: string[]): object => ({
      interval: '15s',
      input_series: [...input.map(([series, values]) => ({ series: `${series}{${own}}`, values })), ...base],
      promql_expr_test: [
        {
          expr: 'count by (alertname) (ALERTS{alertstate="firing",alertname=~".+_incident_.+"})',
          eval_time: '3m',
          exp_samples: alerts.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
        },
      ],
    });
    const steady = (value: number) => `${value}+0x16`;
    const tests = [
      fires([['phasegate:state_corruptions', steady(1)]], [], lost),
      fires([['phasegate:state_corruptions', steady(0)]], []),
      fires([[duration, steady(6.1)]], [baseline(steady(4))], slow),
      fires([[duration, steady(6)]], [baseline(steady(4))], slower),
      fires([[duration, steady(4.9)]], [baseline(steady(4))], slower),
      fires([[duration, steady(4.8)]], [baseline(steady(4))]),
      // The guard makes nothing of it either: nobody knows the baseline, or it was 0.
      fires([[duration, steady(600)]], []),
      fires([[duration, steady(600)]], [baseline(steady(0))]),
      // The worker that told it died after a minute.
      fires([[duration, steady(6.1)]], [baseline('4+0x4 stale')], slow),
      {
        interval: '15s',
        input_series: [
          { series: `phasegate:state_corruptions{${own}}`, values: steady(3) },
          { series: `${duration}{${own}}`, values: steady(7) },
          baseline(steady(4)),
        ],
        alert_rule_test: [
          {
            eval_time: '3m',
            alertname: lost,
            exp_alerts: [
              {
                exp_labels: { ...labelsWanted('state_corruptions', frozen), phasegate_cause: 'data-corruption' },
                exp_annotations: {
                  summary: 'CRITICAL: Data corruption or loss detected: state_corruptions is 3',
                  description:
                    'state_corruptions is 3, which makes an incident of severity 1: state_corruptions >= 1. Action: Initiate emergency rollback.',
                  runbook: 'runbook.html#metric-state_corruptions',
                },
              },
            ],
          },
          {
            eval_time: '3m',
            alertname: slow,
            exp_alerts: [
              {
                exp_labels: {
                  ...labelsWanted('workflow_duration', frozen),
                  phasegate_cause: 'performance-degradation',
                },
                exp_annotations: {
                  summary: 'CRITICAL: Performance degradation (>50% slower than baseline): workflow_duration is 7s',
                  description:
                    'workflow_duration is 7s, which makes an incident of severity 2: workflow_duration more than 50% above baseline. Action: Component-specific rollback or fix.',
                  runbook: 'runbook.html#metric-workflow_duration',
                },
              },
            ],
          },
        ],
      },
    ];
    const file = path.join(folder, 'prometheus/causes.test.yml');
    writeFileSync(file, stringify({ rule_files: ['rules.yml'], evaluation_interval: '15s', tests }));
    const tested = await tool('promtool', path.dirname(file), ['test', 'rules', file]);
    expect(tested.code, tested.out).toBe(0);
  });

  it('is told in the runbook that the alert leads to, with when it holds', async () => {
    const { files } = await rendered(await shipped());
    const page = files.get('runbook.html') ?? '';
    for (const { metric } of ownCauses) expect(page, metric).toContain(`id="metric-${metric}"`);
    expect(files.get('runbook.md')).toContain(
      'Makes an incident of severity 1 when state\\_corruptions \\>= 1: Data corruption or loss detected.'
    );
  });
});

describe('a guard of which nobody tells', () => {
  const run = (state: string, values: string) => ({ name: 'phasegate_run_state', state, values });
  const guard = (state: string, values: string) => ({ name: 'phasegate_guard_state', state, values });

  it.each([
    // A sample a minute; the workers die at the third.
    ['pages when the workers are gone', [run('running', '1x2 stale'), guard('watching', '1x2 stale')], true],
    ['pages when it was blind before', [run('on hold', '1x2 stale'), guard('blind', '1x2 stale')], true],
    [
      'pages when the run is listed, and nobody runs it',
      [run('running', '1x20'), guard('watching', '1x2 stale')],
      true,
    ],
    ['does not while the guard is told', [run('running', '1x2 stale'), guard('watching', '1x20')], false],
    [
      'does not while it is told to be blind',
      [run('running', '1x20'), guard('watching', '1x2 stale'), guard('blind', '_ _ _ 1x20')],
      false,
    ],
    ['does not before a guard began', [run('running', '1x2 stale')], false],
    ['does not where the guard had ended', [run('running', '1x2 stale'), guard('ended', '1x2 stale')], false],
    [
      'does not when the run was seen to end',
      [run('running', '1x1 stale'), run('rolled-back-verified', '_ _ 1 stale'), guard('watching', '1x1 stale')],
      false,
    ],
    [
      'does not when the guard outlived the run',
      [run('completed', '_ 1x2 stale'), guard('watching', '1x3 stale')],
      false,
    ],
    [
      'pages when the workers of a run that began again are gone, whatever became of the one before',
      [
        run('rolled-back-verified', '_ 1 stale'),
        run('running', '1 stale 1x2 stale'),
        guard('watching', '1 stale _ 1x1 stale'),
      ],
      true,
    ],
    [
      'does not when they are gone before the second guard began',
      [run('rolled-back-verified', '_ 1 stale'), run('running', '1 stale 1x2 stale'), guard('watching', '1 stale')],
      false,
    ],
    [
      'does not when the run that began again ended too',
      [
        run('rolled-back-verified', '_ 1 stale'),
        run('running', '1 stale 1 stale'),
        guard('watching', '1 stale 1 stale'),
        run('completed', '_ _ _ 1x1 stale'),
      ],
      false,
    ],
    [
      'does not when it was ended from outside',
      [run('running', '1x1 stale'), run('terminated', '_ _ 1 stale'), guard('watching', '1x1 stale')],
      false,
    ],
  ])('%s', async (_, series, fires) => {
    const frozen = await shipped();
    const { folder } = await rendered(frozen);
    const own = `environment="${frozen.environment.id}",plan="${frozen.plan.id}"`;
    // Alone: all other rules would be evaluated as well.
    const file = path.join(folder, 'prometheus/rules.yml');
    const { groups } = parse(readFileSync(file, 'utf8')) as { groups: Array<{ name: string }> };
    writeFileSync(file, stringify({ groups: groups.filter(({ name }) => name.endsWith(' guard')) }));
    const tests = [
      {
        interval: '1m',
        input_series: series.map(({ name, state, values }) => ({
          series: `${name}{${own},state="${state}",instance="a"}`,
          values,
        })),
        promql_expr_test: [
          {
            expr: 'count by (alertname, severity, metric, plan) (ALERTS{alertstate="firing"})',
            eval_time: '12m',
            exp_samples: fires
              ? [
                  {
                    labels: `{alertname="guard_silent",severity="critical",metric="guard",plan="${frozen.plan.id}"}`,
                    value: 1,
                  },
                ]
              : [],
          },
        ],
      },
    ];
    const test = path.join(folder, 'prometheus/silent.test.yml');
    writeFileSync(test, stringify({ rule_files: ['rules.yml'], evaluation_interval: '1m', tests }));
    const tested = await tool('promtool', path.dirname(test), ['test', 'rules', test]);
    expect(tested.code, tested.out).toBe(0);
  });
});

function labelsWanted(metric: string, { plan, environment }: FrozenPlan): Record<string, string> {
  return {
    severity: 'critical',
    metric,
    plan: plan.id,
    environment: environment.id,
    phasegate_plan: plan.id,
    phasegate_environment: environment.id,
    phasegate_metric: metric,
    phasegate_rendered: 'true',
  };
}

describe('a query', () => {
  it('has no template left, and a counter counts over the latest hour', async () => {
    const { files } = await rendered(await shipped());
    const rules = rulesOf(files.get('prometheus/rules.yml') ?? '');
    expect(rules.filter(({ expr }) => expr.includes('{{'))).toEqual([]);
    const counted = rules.find(({ record }) => record === 'phasegate:user_isolation_violations');
    expect(counted?.expr).toContain('increase(chat_isolation_violations_total[3600s])');
    expect(rules.find(({ record }) => record === 'phasegate:error_rate')?.expr).toContain('[300s]');
  });

  it('that cannot be had is told as what it is, on the way and in the files', async () => {
    const { files, remarks } = await rendered(odd());
    const lost = [
      'on_a_page: the environment only knows it as the sample on_a_page of a metrics endpoint, which no rule can query, so it has no rule, no alert and no panel; give its binding a "promql" beside',
      'nowhere: the environment binds no query to it, so it has no rule and no panel',
    ];
    expect(remarks).toEqual(expect.arrayContaining(lost));
    for (const remark of lost) expect(files.get('prometheus/rules.yml')).toContain(`# ${remark}`);
    for (const name of ['constant', 'scaled', 'hour_of_day']) {
      expect(files.get('prometheus/rules.test.yml')).toContain(
        `# ${name}: its query may answer without any series, so there is no test of its thresholds`
      );
    }
  });
});

describe('the words of an alert', () => {
  it('are those of the template: facts, what context queries answer, and unknown for the rest', async () => {
    const frozen = await watchedOver();
    const { folder } = await rendered(frozen);
    const labels = { plan: frozen.plan.id, environment: frozen.environment.id };
    const own = `plan="${labels.plan}",environment="${labels.environment}"`;
    // promtool is Prometheus's own template engine.
    const told = (affected: string, input: object[]): object => ({
      interval: '15s',
      input_series: [{ series: `phasegate:user_isolation_violations{${own}}`, values: '4+0x40' }, ...input],
      alert_rule_test: [
        {
          eval_time: '5m',
          alertname: 'user_isolation_violations_critical',
          exp_alerts: [
            {
              exp_labels: {
                ...labels,
                severity: 'critical',
                priority: 'red',
                metric: 'user_isolation_violations',
                phasegate_plan: labels.plan,
                phasegate_environment: labels.environment,
                phasegate_metric: 'user_isolation_violations',
                phasegate_cause: 'isolation',
                phasegate_rendered: 'true',
              },
              exp_annotations: {
                summary: 'CRITICAL: User isolation violation unknown',
                description: `Users affected: ${affected}\nDetected: 1970-01-01 00:00:00 +0000 UTC\nValue: 4, >= 3\nLiteral {{ $labels }}`,
                business_impact: 'Risk of a GDPR or compliance violation',
                runbook_url: 'https://docs.example.com/runbooks/user-isolation-violation',
                runbook: 'runbook.html#metric-user_isolation_violations',
              },
            },
          ],
        },
      ],
    });
    const file = path.join(folder, 'prometheus/words.test.yml');
    const tests = [told('unknown', []), told('300', [{ series: 'chat_users_affected_total', values: '0+15x40' }])];
    writeFileSync(file, stringify({ rule_files: ['rules.yml'], evaluation_interval: '15s', tests }));
    const tested = await tool('promtool', path.dirname(file), ['test', 'rules', file]);
    expect(tested.code, tested.out).toBe(0);
  });

  it('are in the words of the unit where the plan has no template', async () => {
    const { folder } = await rendered(await bare());
    const own = 'plan="user-execution-context",environment="example-production"';
    const summaries = {
      golden_path_success_rate: ['0.7912', '79.12%'],
      memory_usage_per_context: ['25500000', '25.5MB'],
      response_time_p95: ['5.25', '5.25s'],
    };
    const tests = Object.entries(summaries).map(([name, [value, words]]) => ({
      interval: '15s',
      input_series: [{ series: `phasegate:${name}{${own}}`, values: `${value}+0x40` }],
      alert_rule_test: [
        { eval_time: '5m', alertname: `${name}_critical`, exp_alerts: [{ exp_annotations: { summary: words } }] },
      ],
    }));
    const file = path.join(folder, 'prometheus/words.test.yml');
    writeFileSync(file, stringify({ rule_files: ['rules.yml'], evaluation_interval: '15s', tests }));
    // It says what it got; only the number is of interest here.
    const { out } = await tool('promtool', path.dirname(file), ['test', 'rules', file]);
    for (const [, words = ''] of Object.values(summaries)) expect(out).toContain(` is ${words} (`);
  });
});
