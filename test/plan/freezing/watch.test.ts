import { describe, expect, it } from 'vitest';
import { frozen } from '../support/freeze-texts.js';
import { changeAll, sampleEnvironment, samplePlan } from '../support/samples.js';
import { watchedEnvironment, watchedPlan } from '../support/watch-samples.js';

const span = (ms: number, planned: string): object => ({ ms, planned });
const minute = 60_000;

describe('the guard of a frozen plan', () => {
  it('watches what has a threshold, with the defaults of a plan that says nothing', () => {
    expect(frozen().plan.guard).toEqual({
      every: span(15_000, '15s'),
      inARow: 2,
      recoveredInARow: 4,
      missingInARow: 3,
      metrics: ['error_rate'],
    });
  });

  it('is as the plan says, and also watches what makes an incident', () => {
    expect(frozen(watchedPlan, watchedEnvironment).plan.guard).toMatchObject({
      every: span(30_000, '30s'),
      inARow: 3,
      metrics: ['error_rate', 'latency', 'violations'],
    });
  });

  it.each([", warning: '> 2%'", ", critical: '> 5%'"])('watches what has but one threshold (%s)', (to) => {
    const { text } = changeAll(samplePlan, { from: ", warning: '> 2%', critical: '> 5%'", to });
    expect(frozen(text).plan.guard?.metrics).toEqual(['error_rate']);
  });

  it('is none where nothing has a threshold', () => {
    const { text } = changeAll(samplePlan, { from: ", warning: '> 2%', critical: '> 5%'", to: '' });
    expect(frozen(text).plan).not.toHaveProperty('guard');
  });
});

describe('the alerts of a frozen plan', () => {
  it('are whom they tell, when, and in which words', () => {
    expect(frozen(watchedPlan, watchedEnvironment).plan.alerts).toEqual({
      routes: {
        critical: {
          channels: ['pager', 'mail'],
          to: ['lead', 'ops'],
          escalate: { after: span(5 * minute, '5m'), to: ['lead'] },
          remindEvery: span(10 * minute, '10m'),
        },
        warning: {
          channels: ['chat'],
          to: ['team'],
          escalate: { after: span(15 * minute, '15m'), to: ['ops'] },
          remindEvery: span(30 * minute, '30m'),
        },
      },
      templates: [
        {
          id: 'errors',
          metric: 'error_rate',
          level: 'critical',
          title: 'Errors',
          message: '{{failed_count}} requests failed, {{value}}, since {{detection_time}}',
          runbook: 'https://docs.example.com/errors',
        },
      ],
    });
  });

  it('have the variables of a plan filled in, and keep their own', () => {
    const { text } = changeAll(watchedPlan, {
      from: 'title: Errors\n      message',
      to: "title: 'Errors of {{vars.revision}} in {{run}}'\n      message",
    });
    expect(frozen(text, watchedEnvironment).plan.alerts?.templates[0]?.title).toBe('Errors of v2 in {{run}}');
  });
});

describe('the incidents of a frozen plan', () => {
  it('have severities, worst first, whose causes are in canonical units', () => {
    const { plan } = frozen(watchedPlan, watchedEnvironment);
    expect(plan.incidents?.severities).toEqual([
      {
        severity: 1,
        title: 'Critical',
        respondWithin: span(5 * minute, '5m'),
        escalateTo: ['lead'],
        escalateAfter: span(0, '0s'),
        reach: 'all',
        action: 'Roll back',
        causes: [
          {
            id: 'mixed-up',
            title: 'Users are mixed up',
            when: { metric: 'violations', bound: { op: '>=', value: 3, text: '>= 3' } },
            notifyUsers: true,
          },
          { id: 'errors', title: 'Errors', when: { metric: 'error_rate', level: 'critical' } },
        ],
      },
      {
        severity: 2,
        title: 'High',
        respondWithin: span(15 * minute, '15m'),
        escalateTo: ['ops'],
        escalateAfter: span(15 * minute, '15m'),
        reach: 'component',
        action: 'Fix the component',
        causes: [{ id: 'slow', title: 'Slow', when: { metric: 'latency', slower: { above: 0.5 } }, phase: 'one' }],
      },
      {
        severity: 3,
        title: 'Medium',
        respondWithin: span(60 * minute, '1h'),
        escalateTo: ['team'],
        escalateAfter: span(60 * minute, '1h'),
        reach: 'none',
        action: 'Fix it later',
        causes: [
          { id: 'slower', title: 'Slower', when: { metric: 'latency', slower: { above: 0.2, below: 0.5 } } },
          { id: 'logs', title: 'Logs are missing' },
        ],
      },
    ]);
    expect(plan.incidents).toMatchObject({
      multipleWithin: span(24 * 60 * minute, '24h'),
      warRoom: {
        triggers: ['severity-1', 'rollback'],
        within: span(5 * minute, '5m'),
        roles: [{ id: 'commander', role: 'lead' }, { id: 'scribe' }],
        procedure: [
          { id: 'assess', title: 'Assess' },
          { id: 'respond', title: 'Respond', doneBy: 'resolution' },
        ],
        updateEvery: span(30 * minute, '30m'),
        stakeholders: ['team'],
      },
      postMortem: { within: span(48 * 60 * minute, '48h'), by: 'lead', remindEvery: span(4 * 60 * minute, '4h') },
    });
  });

  it('have the worst severity first, in whatever order they are written', () => {
    const [head = '', one = '', two = '', three = '', tail = ''] = watchedPlan.split(
      /(?= {4}- severity: )|(?= {2}war-room:)/
    );
    const turned = frozen([head, two, three, one, tail].join(''), watchedEnvironment).plan.incidents;
    expect(turned).toEqual(frozen(watchedPlan, watchedEnvironment).plan.incidents);
  });

  it('remind of the post-mortem as often as the plan says', () => {
    const { text } = changeAll(watchedPlan, { from: '48h, by: lead }', to: '48h, by: lead, remind-every: 12h }' });
    const { plan } = frozen(text, watchedEnvironment);
    expect(plan.incidents?.postMortem.remindEvery).toEqual(span(12 * 60 * minute, '12h'));
  });

  it('have the baseline of what may become slower captured before the first change of all', () => {
    expect(frozen(watchedPlan, watchedEnvironment).plan.phases[0]?.baselineFor).toEqual(['latency']);
    expect(frozen().plan.phases[0]).not.toHaveProperty('baselineFor');
  });

  it('give people the least time that the environment leaves them, and samples a second', () => {
    const compressed = watchedEnvironment.replace(
      'trust: identity',
      'compress: { scale: 1000, cap: 10s, people-minimum: 20s }\ntrust: identity'
    );
    const { guard, alerts, incidents } = frozen(watchedPlan, compressed).plan;
    expect(guard?.every).toEqual(span(1000, '30s'));
    expect(alerts?.routes.critical.escalate.after).toEqual(span(20_000, '5m'));
    expect(
      incidents?.severities.map(({ respondWithin, escalateAfter }) => [respondWithin.ms, escalateAfter.ms])
    ).toEqual([
      [20_000, 0],
      [20_000, 20_000],
      [20_000, 20_000],
    ]);
    expect(incidents).toMatchObject({ multipleWithin: { ms: 86_400 }, postMortem: { within: { ms: 172_800 } } });
  });

  it('and all of the rest are plain JSON', () => {
    const { plan, environment } = frozen(watchedPlan, watchedEnvironment);
    expect(JSON.parse(JSON.stringify({ plan, environment }))).toEqual({ plan, environment });
  });
});

describe('the channels of a frozen environment', () => {
  it('have their defaults filled in, and secrets as references', () => {
    const { channels, contacts, people } = frozen(watchedPlan, watchedEnvironment).environment;
    expect(channels).toEqual([
      {
        kind: 'pagerduty',
        name: 'pager',
        url: 'https://events.pagerduty.com/v2/enqueue',
        routingKey: '${env:PAGER_KEY}',
      },
      { kind: 'slack', name: 'chat', url: '${env:CHAT_HOOK}' },
      {
        kind: 'email',
        name: 'mail',
        smtp: 'smtp.example.com:587',
        security: 'starttls',
        from: 'phasegate@example.com',
        to: [],
      },
      { kind: 'webhook', name: 'hook', url: 'http://127.0.0.1:5000/x', headers: {} },
      { kind: 'log', name: 'log' },
    ]);
    expect(contacts).toEqual({ team: 'team@example.com' });
    expect(people[0]).toEqual({ name: 'ada', title: 'Ada', email: 'ada@example.com', roles: ['lead'] });
  });

  it.each([
    ["kind: slack, url: '${env:CHAT_HOOK}'", "kind: slack, url: '', optional: true", 'chat'],
    ["kind: email, smtp: 'smtp.example.com:587'", "kind: email, smtp: '', optional: true", 'mail'],
    ['kind: pagerduty, routing-key', "kind: pagerduty, url: '', optional: true, routing-key", 'pager'],
  ])('only log where an optional address comes out empty, under the same name: %s', (from, to, name) => {
    const { text } = changeAll(watchedEnvironment, { from, to });
    const { channels } = frozen(watchedPlan, text).environment;
    expect(channels?.find((channel) => channel.name === name)).toEqual({ kind: 'log', name });
  });

  it('are absent where there are none', () => {
    expect(frozen(samplePlan, sampleEnvironment).environment).not.toHaveProperty('channels');
    expect(frozen(samplePlan, sampleEnvironment).environment).not.toHaveProperty('contacts');
  });

  it('keeps the context queries of a metric with the range that they ask about', () => {
    expect(frozen(watchedPlan, watchedEnvironment).environment.metrics.bindings['error_rate']).toMatchObject({
      context: { failed_count: 'sum(increase(errors[{{range}}]))' },
      range: span(30_000, '30s'),
    });
    const own = watchedEnvironment.replace(
      'promql: sum(violations),',
      "promql: sum(violations), context: { x: 'a[{{range}}]' },"
    );
    expect(frozen(watchedPlan, own).environment.metrics.bindings['violations']?.range).toEqual(span(30_000, '30s'));
  });
});
