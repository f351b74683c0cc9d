import { beforeAll, describe, expect, it } from 'vitest';
import { alertText, contextNames, templateFor } from '../../../src/plan/alert-text.js';
import { findCause, severityOf, worseThanWarning } from '../../../src/plan/incidents/classify.js';
import { componentOf } from '../../../src/plan/incidents/reach.js';
import { watchedCauses } from '../../../src/plan/guard/status.js';
import { shippedPlan } from '../support/shipped.js';
import type { Alerts, Environment, FrozenPlan, Incidents } from '../../../src/plan/model.js';
import { rules, take, told } from '../../support/guard/guards.js';
import { value } from '../../support/metrics/windows.js';

let demo: FrozenPlan;
let production: FrozenPlan;
let alerts: Alerts;
let incidents: Incidents;

beforeAll(async () => {
  demo = await shippedPlan('demo');
  production = await shippedPlan();
  if (!production.plan.alerts || !production.plan.incidents) throw new Error('nothing to watch');
  ({ alerts, incidents } = production.plan);
});

describe('the alerts of the shipped plan', () => {
  it('page for what is critical, and escalate after 5 minutes', () => {
    expect(alerts.routes.critical).toMatchObject({
      channels: ['pagerduty', 'slack-ops', 'email-exec'],
      to: ['engineering-lead', 'cto', 'devops-oncall'],
      escalate: { after: { ms: 5 * 60_000 } },
    });
  });

  it('tell engineering of warnings, and escalate after 15 minutes', () => {
    expect(alerts.routes.warning).toMatchObject({
      channels: ['slack-eng', 'email-eng'],
      to: ['engineering-team', 'devops-team'],
      escalate: { after: { ms: 15 * 60_000 } },
    });
  });

  it('are of the ten metrics with thresholds, and of what makes incidents besides', () => {
    const watched = Object.values(production.plan.metrics).filter(({ priority }) => priority);
    expect(watched).toHaveLength(10);
    expect(production.plan.guard?.metrics).toEqual([
      ...watched.map(({ name }) => name),
      'workflow_success_rate',
      'workflow_duration',
      'state_corruptions',
      'tool_success_rate',
      'connection_success_rate',
    ]);
  });

  it("have the first plan's two templates, word for word", () => {
    expect(alerts.templates).toMatchObject([
      {
        metric: 'user_isolation_violations',
        level: 'critical',
        title: '🚨 CRITICAL: User Isolation Violation Detected',
        message: [
          'IMMEDIATE ACTION REQUIRED: Cross-user data contamination detected',
          '',
          'Details:',
          '- Users Affected: {{affected_users}}',
          '- Contamination Type: {{violation_type}}',
          '- Detection Time: {{detection_time}}',
          '',
          'Required Actions:',
          '1. Initiate emergency rollback immediately',
          '2. Notify affected users',
          '3. Begin incident response procedures',
          '',
        ].join('\n'),
        runbook: 'https://docs.company.com/runbooks/user-isolation-violation',
      },
      {
        metric: 'golden_path_success_rate',
        level: 'critical',
        title: '🔥 CRITICAL: Golden Path Failure',
        message: [
          'Golden Path user workflow failing - Revenue at risk',
          '',
          'Details:',
          '- Success Rate: {{success_rate}}%',
          '- Failed Requests: {{failed_count}}',
          '- Time Period: {{time_period}}',
          '',
          'Impact: $500K+ ARR functionality affected',
          '',
        ].join('\n'),
        runbook: 'https://docs.company.com/runbooks/golden-path-recovery',
      },
    ]);
    expect(alerts.templates).toHaveLength(2);
  });

  it('read well when they are filled in', () => {
    const metric = production.plan.metrics['golden_path_success_rate'];
    if (!metric) throw new Error('no metric');
    const facts = { success_rate: '78.2', failed_count: '41', time_period: '5m' };
    const { title, message } = alertText(templateFor(alerts, metric.name, 'critical'), facts, metric, 'critical');
    expect(title).toBe('🔥 CRITICAL: Golden Path Failure');
    expect(message).toContain('- Success Rate: 78.2%\n- Failed Requests: 41\n- Time Period: 5m');
  });

  it('have a context query for every variable but the type of a contamination, which nothing measures', () => {
    for (const { environment } of [demo, production])
      for (const template of alerts.templates) {
        const bound = Object.keys(environment.metrics.bindings[template.metric]?.context ?? {});
        const unbound = contextNames(template).filter((name) => !bound.includes(name));
        expect(unbound, template.id).toEqual(template.id === 'golden-path-failure' ? [] : ['violation_type']);
      }
  });
});

describe('the incidents of the shipped plan', () => {
  const said = (severity: number): Array<[string, unknown]> =>
    incidents.severities[severity - 1]?.causes.map(({ id, when }) => [id, when] as [string, unknown]) ?? [];

  const below = (metric: string, percent: number): object => ({
    metric,
    bound: { op: '<', value: percent / 100, text: `< ${percent}%` },
  });

  it('of severity 1 are answered in 5 minutes, go to CTO and CEO at once, and take everything back', () => {
    expect(incidents.severities[0]).toMatchObject({
      severity: 1,
      respondWithin: { ms: 5 * 60_000 },
      escalateTo: ['cto', 'ceo'],
      escalateAfter: { ms: 0 },
      reach: 'all',
    });
    expect(said(1)).toEqual([
      ['user-isolation', { metric: 'user_isolation_violations', level: 'critical' }],
      ['golden-path-failure', below('golden_path_success_rate', 50)],
      ['system-outage', undefined],
      ['data-corruption', { metric: 'state_corruptions', bound: { op: '>=', value: 1, text: '>= 1' } }],
      ['security-breach', undefined],
    ]);
  });

  it('of severity 2 are answered in 15 minutes, go to engineering lead and DevOps, and may take a component back', () => {
    expect(incidents.severities[1]).toMatchObject({
      severity: 2,
      respondWithin: { ms: 15 * 60_000 },
      escalateTo: ['engineering-lead', 'devops-oncall', 'devops-team'],
      reach: 'component',
    });
    expect(said(2)).toEqual([
      ['component-failure', { metric: 'agent_execution_success_rate', level: 'critical' }],
      ['orchestrator-failure', below('workflow_success_rate', 85)],
      ['dispatcher-failure', below('tool_success_rate', 85)],
      ['connection-failure', below('connection_success_rate', 90)],
      ['performance-degradation', { metric: 'workflow_duration', slower: { above: 0.5 } }],
      ['slow-responses', { metric: 'response_time_p95', level: 'critical' }],
      ['websocket-failure', { metric: 'websocket_event_delivery_rate', level: 'critical' }],
      ['database-connections', { metric: 'database_connection_pool_usage', level: 'critical' }],
    ]);
  });

  it.each<[string, ...string[]]>([
    ['component-failure', '1a', '1a', '1a', '1a'],
    ['orchestrator-failure', '1a', '1b', '1b', '1b'],
    ['dispatcher-failure', '1a', '1b', '1c', '1c'],
    ['connection-failure', '1a', '1b', '1c', '1d'],
    ['performance-degradation', '1a', '1b', '1b', '1b'],
    ['websocket-failure', '1a', '1a', '1a', '1d'],
    ['slow-responses', '1a', '1a', '1a', '1a'],
    // No phase judges it: what came last is the most likely.
    ['database-connections', '1a', '1b', '1c', '1d'],
  ])('ask for %s, while 1a, 1b, 1c and 1d are the newest phase, about %s, %s, %s and %s', (id, ...expected) => {
    const { phases } = production.plan;
    const cause = findCause(incidents, id)?.cause;
    const ids = phases.map((phase) => phase.id);
    const newest = ['1a', '1b', '1c', '1d'].map((last) => ids.slice(0, ids.indexOf(last) + 1));
    // In the validation, all of them have begun.
    const found = [...newest, ids].map((begun) =>
      componentOf(phases, begun, { ofCause: cause?.phase, metric: cause?.when?.metric })
    );
    expect(found).toEqual([...expected, expected.at(-1)]);
  });

  it.each([
    ['user_isolation_violations', 'user-isolation', 1],
    ['golden_path_success_rate', 'golden-path-failure', 1],
    ['websocket_event_delivery_rate', 'websocket-failure', 2],
    ['response_time_p95', 'slow-responses', 2],
  ])('a warning of %s says that a person may declare %s, severity %i', (metric, cause, severity) => {
    expect(worseThanWarning(incidents, metric)).toMatchObject({ cause, severity });
  });

  it('of severity 2 watch each component, by what the success of its phase is judged by', () => {
    const causes = incidents.severities[1]?.causes.filter(({ title }) => title.startsWith('Single component failure'));
    const phases = production.plan.phases.filter(({ success }) => success);
    expect(phases).toHaveLength(4);
    expect(causes?.map(({ when }) => when?.metric)).toEqual(phases.map(({ success }) => success?.criteria[0]?.metric));
  });

  it.each([
    ['component-failure', 'agent_execution_success_rate', 0.85],
    ['orchestrator-failure', 'workflow_success_rate', 0.85],
    ['dispatcher-failure', 'tool_success_rate', 0.85],
    ['connection-failure', 'connection_success_rate', 0.9],
  ])('%s holds when %s is below %d twice in a row, and not before', (id, metric, limit) => {
    const watched = Object.values(production.plan.metrics).filter(({ name }) => name === metric);
    const given = rules(watched, { causes: watchedCauses(production.plan) });
    const rows = [limit - 0.01, limit, limit - 0.01, limit - 0.01].map((share) => ({ [metric]: value(share) }));
    expect(told(take(given, rows).news.filter(({ kind }) => kind === 'cause'))).toEqual([`3 cause ${id}`]);
  });

  const count = [0, 1, 2, 3].map((number) => ({ user_isolation_violations: value(number) }));
  const each = (metric: string, ...values: number[]): Array<Record<string, ReturnType<typeof value>>> =>
    values.map((number) => ({ [metric]: value(number) }));
  it.each([
    ['user-isolation', 1, [...count, ...each('user_isolation_violations', 3)], 4],
    ['golden-path-failure', 1, each('golden_path_success_rate', 0.49, 0.5, 0.49, 0.49), 3],
    ['data-corruption', 1, each('state_corruptions', 0, 1, 0, 1, 1), 4],
    ['performance-degradation', 2, each('workflow_duration', 1.51, 1.5, 1.51, 1.51), 3],
    ['slow-responses', 2, each('response_time_p95', 5.1, 5, 5.1, 5.1), 3],
    ['websocket-failure', 2, each('websocket_event_delivery_rate', 0.89, 0.9, 0.89, 0.89), 3],
    ['database-connections', 2, each('database_connection_pool_usage', 0.91, 0.9, 0.91, 0.91), 3],
    ['minor-performance', 3, each('workflow_duration', 1.3, 1.2, 1.3, 1.5), 3],
    ['user-contexts', 3, each('context_validation_failures', 0.021, 0.02, 0.021, 0.021), 3],
  ] as const)('%s, of severity %i, holds beyond its bound twice in a row, and not before', (id, severity, rows, at) => {
    const [metric = ''] = Object.keys(rows[0] ?? {});
    const watched = Object.values(production.plan.metrics).filter(({ name }) => name === metric);
    const baseline = { workflow_duration: 1, user_isolation_violations: 0, state_corruptions: 0 };
    const given = rules(watched, { causes: watchedCauses(production.plan), baseline });
    const causes = take(given, rows).news.filter(({ kind }) => kind === 'cause');
    expect(told(causes)).toContain(`${at} cause ${id}`);
    expect(told(causes).filter((line) => line.endsWith(` ${id}`))).toHaveLength(1);
    const trouble = { cause: id, metric, level: 'critical' } as const;
    expect(severityOf(incidents, trouble, production.plan.metrics)).toBe(severity);
  });

  it('of severity 3 are answered in an hour, go to the engineering team, and take nothing back', () => {
    expect(incidents.severities[2]).toMatchObject({
      severity: 3,
      respondWithin: { ms: 60 * 60_000 },
      escalateTo: ['engineering-team'],
      reach: 'none',
    });
    expect(said(3)).toEqual([
      ['minor-performance', { metric: 'workflow_duration', slower: { above: 0.2, below: 0.5 } }],
      ['user-contexts', { metric: 'context_validation_failures', level: 'warning' }],
      ['non-critical-feature', undefined],
      ['monitoring', undefined],
    ]);
  });

  it.each([
    [
      1,
      'Critical - Immediate Response',
      'Initiate emergency rollback',
      [
        'User isolation violations (data leakage between users)',
        'Golden Path complete failure (>50% of users affected)',
        'System-wide outage (all services down)',
        'Data corruption or loss detected',
        'Security breach related to migration',
      ],
    ],
    [
      2,
      'High - 15 minute response',
      'Component-specific rollback or fix',
      [
        ...['agent execution core', 'workflow orchestrator', 'tool dispatcher', 'WebSocket executor'].map(
          (component) => `Single component failure (one migration component failing): ${component}`
        ),
        'Performance degradation (>50% slower than baseline)',
        'Performance degradation: response time beyond its critical threshold',
        'Partial WebSocket failure (events not delivering)',
        'Database connection issues',
      ],
    ],
    [
      3,
      'Medium - 1 hour response',
      'Fix in next release or hotfix',
      [
        'Minor performance issues (<50% degradation)',
        'Individual user context failures',
        'Non-critical feature failures',
        'Monitoring or logging issues',
      ],
    ],
  ])('of severity %i are told in the words of the first plan', (severity, title, action, causes) => {
    const found = incidents.severities[severity - 1];
    expect(found).toMatchObject({ severity, title, action });
    expect(found?.causes.map((cause) => cause.title)).toEqual(causes);
  });

  it('notify the users who are affected when their data leaked, is wrong, or was stolen', () => {
    const notifying = incidents.severities.flatMap(({ causes }) => causes.filter(({ notifyUsers }) => notifyUsers));
    expect(notifying.map(({ id }) => id)).toEqual(['user-isolation', 'data-corruption', 'security-breach']);
  });

  it('have a war room with its triggers, five parts and seven steps, active in 5 minutes', () => {
    expect(incidents.warRoom).toMatchObject({
      triggers: ['severity-1', 'multiple-severity-2', 'rollback', 'customer-escalation'],
      within: { ms: 5 * 60_000 },
      roles: [
        { title: 'Incident Commander', role: 'engineering-lead' },
        { title: 'Technical Lead', role: 'migration-architect' },
        { title: 'Communications', role: 'product-manager' },
        { title: 'Customer Liaison', role: 'customer-success' },
        { title: 'Executive Sponsor', role: 'cto' },
      ],
    });
    const proven = incidents.warRoom?.procedure.flatMap(({ id, doneBy }) => (doneBy ? [[id, doneBy]] : []));
    expect(proven).toEqual([
      ['validate', 'resolution'],
      ['post-mortem', 'post-mortem'],
    ]);
    expect(incidents.warRoom?.procedure.map(({ title }) => title)).toEqual([
      '1. Activate war room within 5 minutes of trigger',
      '2. Assess impact and determine response strategy',
      '3. Execute response (fix or rollback)',
      '4. Monitor progress with real-time metrics',
      '5. Communicate status to stakeholders',
      '6. Validate resolution before standing down',
      '7. Conduct post-mortem within 48 hours',
    ]);
  });

  it('are multiple within 24 hours, and have their post-mortem in 48', () => {
    expect(incidents).toMatchObject({
      multipleWithin: { ms: 24 * 60 * 60_000 },
      postMortem: { within: { ms: 48 * 60 * 60_000 }, by: 'engineering-lead' },
    });
  });
});

describe('the channels of the shipped environments', () => {
  const kinds = ({ channels }: Environment): Array<[string, string]> =>
    (channels ?? []).map(({ name, kind }) => [name, kind]);
  const real = [
    ['pagerduty', 'pagerduty'],
    ['slack-ops', 'slack'],
    ['slack-eng', 'slack'],
    ['email-exec', 'email'],
    ['email-eng', 'email'],
  ];

  it('are those of the plan in production, with the addresses of the recipients and secrets as references', () => {
    expect(kinds(production.environment)).toEqual(real);
    expect(production.environment.contacts).toEqual({
      'engineering-lead': 'engineering_lead@company.com',
      cto: 'cto@company.com',
      'devops-oncall': 'devops_oncall@company.com',
      'engineering-team': 'engineering_team@company.com',
      'devops-team': 'devops_team@company.com',
    });
  });

  it("are the worker's log in a demo without receivers, and real ones where it has them", async () => {
    expect(kinds(demo.environment)).toEqual(real.map(([name]) => [name, 'log']));
    const receivers = {
      pagerduty: 'http://127.0.0.1:5001/v2/enqueue',
      'slack-ops': 'http://127.0.0.1:5002/ops',
      'slack-eng': 'http://127.0.0.1:5002/eng',
      smtp: '127.0.0.1:2525',
    };
    const heard = await shippedPlan('demo', receivers);
    expect(kinds(heard.environment)).toEqual(real);
    expect(heard.environment.channels).toMatchObject([
      { url: receivers.pagerduty },
      { url: receivers['slack-ops'] },
      { url: receivers['slack-eng'] },
      { smtp: receivers.smtp, security: 'none' },
      { smtp: receivers.smtp },
    ]);
  });
});
