import type { Alerts, Channel, Environment, FrozenPlan, Incidents, Metric, Operator } from '../../../src/plan/model.js';
import { shippedPlan } from '../../plan/support/shipped.js';
import { riseQuery } from '../../../src/plan/rise.js';
import { span } from '../../support/metrics/windows.js';
import { frozen } from '../../plan/support/freeze-texts.js';

const minute = 60_000;

/** The shipped plan in its example of a production, as it is. */
export function shipped(): Promise<FrozenPlan> {
  return shippedPlan('example-production', { revision: 'v1' });
}

/** The same without alerts and incidents. */
export async function bare(): Promise<FrozenPlan> {
  const { plan, ...rest } = await shipped();
  const { alerts: _alerts, incidents: _incidents, ...kept } = plan;
  return { ...rest, plan: kept };
}

export const channels: Channel[] = [
  {
    kind: 'pagerduty',
    name: 'pagerduty',
    url: 'https://events.pagerduty.com/v2/enqueue',
    routingKey: '${env:PAGERDUTY_KEY}',
  },
  { kind: 'slack', name: 'slack_ops', url: '${file:/run/secrets/slack-ops}' },
  { kind: 'slack', name: 'slack_eng', url: 'https://chat.example.com/hooks/eng' },
  {
    kind: 'email',
    name: 'email_exec',
    smtp: 'mail.example.com:587',
    security: 'starttls',
    from: 'phasegate@example.com',
    user: 'phasegate',
    password: '${env:SMTP_PASSWORD}',
    to: ['board@example.com'],
  },
  { kind: 'email', name: 'email_eng', smtp: '127.0.0.1:2525', security: 'none', from: 'phasegate@example.com', to: [] },
  {
    kind: 'webhook',
    name: 'hook',
    url: 'https://hook.example.com/alerts',
    headers: { authorization: 'Bearer ${env:HOOK_TOKEN}' },
  },
];

export const alerts: Alerts = {
  routes: {
    critical: {
      channels: ['pagerduty', 'slack_ops', 'email_exec'],
      to: ['engineering-lead', 'cto', 'devops-oncall'],
      escalate: { after: span(5 * minute), to: ['ceo'] },
      remindEvery: span(15 * minute),
    },
    warning: {
      channels: ['slack_eng', 'email_eng', 'hook'],
      to: ['engineering-team', 'devops-team'],
      escalate: { after: span(15 * minute), to: ['engineering-lead'] },
      remindEvery: span(60 * minute),
    },
  },
  templates: [
    {
      id: 'user-isolation-violation',
      metric: 'user_isolation_violations',
      level: 'critical',
      title: 'CRITICAL: User isolation violation {{ nobody_knows }}',
      message:
        'Users affected: {{affected_users}}\nDetected: {{detection_time}}\nValue: {{value}}, {{threshold}}\nLiteral {{ $labels }}\n',
      runbook: 'https://docs.example.com/runbooks/user-isolation-violation',
    },
  ],
};

export const incidents: Incidents = {
  severities: [
    {
      severity: 1,
      title: 'Critical',
      respondWithin: span(5 * minute),
      escalateTo: ['cto', 'ceo'],
      escalateAfter: span(0),
      reach: 'all',
      action: 'Initiate emergency rollback',
      causes: [
        {
          id: 'isolation',
          title: 'User isolation violations',
          when: { metric: 'user_isolation_violations', level: 'critical' },
          notifyUsers: true,
        },
        { id: 'breach', title: 'Security breach related to the migration' },
        {
          id: 'golden-path',
          title: 'Golden path fails',
          when: { metric: 'golden_path_success_rate', bound: { op: '<', value: 0.5, text: '< 50%' } },
        },
      ],
    },
    {
      severity: 2,
      title: 'High',
      respondWithin: span(15 * minute),
      escalateTo: ['engineering-lead', 'devops-oncall'],
      escalateAfter: span(15 * minute),
      reach: 'component',
      action: 'Component-specific rollback or fix',
      causes: [
        {
          id: 'slow',
          title: 'Much slower',
          when: { metric: 'response_time_p95', slower: { above: 0.5 } },
          phase: '1a',
        },
      ],
    },
  ],
  multipleWithin: span(24 * 60 * minute),
  warRoom: {
    triggers: ['severity-1', 'multiple-severity-2', 'rollback', 'customer-escalation'],
    within: span(5 * minute),
    roles: [{ id: 'commander', title: 'Incident commander', role: 'engineering-lead' }],
    procedure: [{ id: 'assess', title: 'Assess impact' }],
    updateEvery: span(30 * minute),
    stakeholders: ['product-manager'],
  },
  postMortem: { within: span(48 * 60 * minute), by: 'engineering-lead', remindEvery: span(12 * 60 * minute) },
};

/** The same with everything that a plan may say of alerts and incidents. */
export async function watchedOver(): Promise<FrozenPlan> {
  const { plan, environment, ...rest } = await shipped();
  const around: Environment = {
    ...environment,
    people: environment.people.map((person) =>
      person.name === 'chen' ? person : { ...person, email: `${person.name}@example.com` }
    ),
    channels,
    contacts: { 'engineering-team': 'engineering@example.com' },
  };
  const bindings = {
    ...environment.metrics.bindings,
    user_isolation_violations: {
      ...environment.metrics.bindings['user_isolation_violations'],
      context: { affected_users: 'sum(increase(chat_users_affected_total[{{range}}]))' },
    },
  };
  return {
    ...rest,
    plan: { ...plan, alerts, incidents },
    environment: { ...around, metrics: { ...around.metrics, bindings } },
  };
}

const operators: Operator[] = ['<', '<=', '>', '>=', '=='];

/** Metrics with every operator and every odd value, and some that nothing can be made of. */
export function odd(): FrozenPlan {
  const { plan, environment, ...rest } = frozen();
  const metric = (name: string, change: Partial<Metric>): Metric => ({
    name,
    description: `What ${name} is: "quoted" {{ braces }} and ${'$'}dollars`,
    unit: 'count',
    gates: true,
    ...change,
  });
  const metrics = [
    ...operators.map((op, index) =>
      metric(`odd_${index}`, {
        unit: index % 2 === 0 ? 'ratio' : 'count',
        warning: { op, value: index % 2 === 0 ? 0.25 : 3, text: `${op} w` },
        critical: { op, value: index % 2 === 0 ? 0.5 : 7, text: `${op} c` },
      })
    ),
    metric('tiny', { unit: 'seconds', critical: { op: '>', value: 1e-7, text: '> 100ns' } }),
    metric('huge', { unit: 'bytes', warning: { op: '>=', value: 3e15, text: '>= 3PB' } }),
    metric('below_zero', { warning: { op: '<', value: -2.5, text: '< -2.5' } }),
    metric('quiet', { unit: 'seconds' }),
    metric('counted', {
      priority: 'red',
      target: { op: '==', value: 0, text: '== 0' },
      critical: { op: '>=', value: 1, text: '>= 1' },
    }),
    metric('counted_too', { critical: { op: '>', value: 2, text: '> 2' } }),
    metric('patterned', { critical: { op: '>', value: 2, text: '> 2' } }),
    metric('constant', { warning: { op: '>', value: 2, text: '> 2' } }),
    metric('scaled', { warning: { op: '>', value: 2, text: '> 2' } }),
    metric('hour_of_day', { unit: 'seconds', warning: { op: '>', value: 22, text: '> 22' } }),
    metric('on_a_page', { critical: { op: '>', value: 2, text: '> 2' } }),
    metric('nowhere', {}),
  ];
  const promql = (name: string): string => `avg by () (raw_${name}{job="a b",path=~"/x/.*"})`;
  const bindings = Object.fromEntries(metrics.map(({ name }) => [name, { promql: promql(name), range: span(minute) }]));
  return {
    ...rest,
    plan: { ...plan, metrics: Object.fromEntries(metrics.map((each) => [each.name, each])) },
    environment: {
      ...environment,
      metrics: {
        ...environment.metrics,
        bindings: {
          ...bindings,
          quiet: { promql: 'quiet_seconds', range: span(minute) },
          counted: { promql: riseQuery('mixed_up_total{result!="ok",kind="user"}'), range: span(minute) },
          counted_too: { promql: riseQuery('mixed_up_total'), range: span(minute) },
          patterned: { promql: riseQuery('errors_total{code=~"5.."}'), range: span(minute) },
          constant: { promql: 'sum(nothing) or vector(0)' },
          scaled: { promql: 'scalar(sum(nothing)) / 2' },
          hour_of_day: { promql: 'hour()' },
          on_a_page: { sample: 'on_a_page' },
          nowhere: {},
        },
      },
    },
  };
}
