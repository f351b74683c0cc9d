import { describe, expect, it } from 'vitest';
import { expectOnlyFault } from '../support/expect-fault.js';
import type { FaultCase } from '../support/expect-fault.js';
import { freezeTexts } from '../support/freeze-texts.js';
import { changeAll, replaceOnce } from '../support/samples.js';
import { watchedEnvironment, watchedPlan } from '../support/watch-samples.js';

const cases: FaultCase[] = [
  {
    name: 'a route to a channel that the environment does not have',
    from: 'channels: [pager, mail]',
    to: 'channels: [«pagr», mail]',
    code: 'PG105',
    says: 'lab has no channel "pagr"',
    hint: 'did you mean "pager"?',
  },
  {
    name: 'a route that names a channel twice',
    from: 'channels: [chat]',
    to: 'channels: [chat, «chat»]',
    code: 'PG106',
    says: 'channel "chat" is there twice',
  },
  {
    name: 'an unknown recipient',
    from: '      to: [team]\n      escalate: { after: 15m',
    to: '      to: [«teem»]\n      escalate: { after: 15m',
    code: 'PG105',
    says: 'unknown role or group "teem"',
    hint: 'did you mean "team"?',
  },
  {
    name: 'an escalation to somebody unknown',
    from: 'escalate: { after: 15m, to: [ops] }',
    to: 'escalate: { after: 15m, to: [«opss»] }',
    code: 'PG105',
    says: 'unknown role or group "opss"',
  },
  {
    name: 'a group with the name of a role',
    from: 'groups: { team:',
    to: 'groups: { «ops»: Again, team:',
    code: 'PG106',
    says: '"ops" is a role already',
  },
  {
    name: 'only one route',
    from: '    critical:\n      channels: [pager, mail]\n      to: [lead, ops]\n      escalate: { after: 5m, to: [lead] }\n      remind-every: 10m\n',
    to: '',
    also: [['  routes:', '  «routes»:']],
    code: 'PG103',
    says: 'missing key "critical"',
  },
  {
    name: 'a template of a metric that is not declared',
    from: 'metric: error_rate\n      level',
    to: 'metric: «eror_rate»\n      level',
    code: 'PG105',
    says: 'unknown metric "eror_rate"',
    hint: 'did you mean "error_rate"?',
  },
  {
    name: 'a template for a level without a threshold',
    from: 'metric: error_rate\n      level: critical',
    to: 'metric: latency\n      level: «critical»',
    code: 'PG121',
    says: 'latency has no critical threshold, so these words are never used',
    hint: 'give latency a critical threshold',
  },
  {
    name: 'a template id that is used twice',
    from: '      runbook: https://docs.example.com/errors\n',
    to: '      runbook: https://docs.example.com/errors\n    - { id: «errors», metric: latency, level: warning, title: Slow, message: Slow }\n',
    code: 'PG106',
    says: 'template "errors" is there twice',
  },
  {
    name: 'two templates for one alert',
    from: '      runbook: https://docs.example.com/errors\n',
    to: '      runbook: https://docs.example.com/errors\n    - { id: again, metric: «error_rate», level: critical, title: Slow, message: Slow }\n',
    code: 'PG106',
    says: 'template "errors" has the words for error_rate at critical already',
  },
  {
    name: 'a runbook that is no link',
    from: 'https://docs.example.com/errors',
    to: '«docs/errors»',
    code: 'PG104',
    says: 'is not an http address',
  },
  {
    name: 'a guard that looks too often',
    from: 'every: 30s, in-a-row',
    to: 'every: «500ms», in-a-row',
    code: 'PG110',
    says: 'a sample every 500ms is too often',
  },
  {
    name: 'a template of a plan in the words of an alert',
    from: '{{failed_count}} requests',
    to: '{{env.failed}} requests',
    also: [["message: '{{env", "message: «'{{env"]],
    code: 'PG107',
    says: 'unknown template "env.failed"',
  },
];

describe('rules about alerts', () => {
  it('find nothing in the sample', () => {
    const { faults, warnings } = freezeTexts(watchedPlan, watchedEnvironment);
    expect([...faults, ...warnings.filter(({ path }) => path.startsWith('alerts'))]).toEqual([]);
  });

  it.each(cases)('refuse $name', (row) => {
    const marked = changeAll(watchedPlan, row);
    expectOnlyFault(freezeTexts(marked.text, watchedEnvironment).faults, marked, row);
  });

  it('refuse a guard that has nothing to watch', () => {
    const bare = watchedPlan
      .slice(0, watchedPlan.indexOf('alerts:\n'))
      .replace(", warning: '> 2%', critical: '> 5%'", '')
      .replace(", warning: '> 3s'", '');
    const { faults } = freezeTexts(bare, watchedEnvironment);
    expect(faults).toMatchObject([
      { code: 'PG121', path: 'guard', message: expect.stringContaining('nothing to watch') },
    ]);
  });

  it.each([
    ['failed_cuont', 'did you mean {{failed_count}}?'],
    ['detection_tme', 'did you mean {{detection_time}}?'],
    ['customer_tier', 'add metrics.bindings.error_rate.context.customer_tier to the environment'],
  ])('warn of the variable %s, which would print "unknown"', (name, hint) => {
    const { text } = changeAll(watchedPlan, { from: '{{failed_count}} requests', to: `{{${name}}} requests` });
    const { faults, warnings } = freezeTexts(text, watchedEnvironment);
    expect(faults).toEqual([]);
    expect(warnings.filter(({ code }) => code === 'PG107')).toMatchObject([
      {
        path: 'alerts.templates[errors].message',
        message: `{{${name}}} prints "unknown": lab binds no such context to error_rate`,
        hint,
      },
    ]);
  });

  it('warn that a metrics page answers no context queries', () => {
    const page = watchedEnvironment.replace(
      'provider: prometheus\n',
      "provider: endpoint\n  endpoint: { url: 'http://127.0.0.1:4000/metrics' }\n"
    );
    const said = (plan: string, environment: string): string[][] =>
      freezeTexts(plan, environment)
        .warnings.filter(({ code }) => code === 'PG107')
        .map(({ path, message, hint }) => [path, message, hint]);
    expect(said(watchedPlan, page)).toEqual([
      [
        'metrics.provider',
        'a metrics page answers no queries: what the words of alerts need of context prints "unknown"',
        'use Prometheus in this environment',
      ],
    ]);
    expect(said(watchedPlan, watchedEnvironment)).toEqual([]);
    const plain = replaceOnce(watchedPlan, '{{failed_count}} requests failed', 'Requests failed');
    expect(said(plain, page)).toEqual([]);
  });
});
