import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Notification } from '../../src/activities/contract.js';
import { createPagerDutyChannel } from '../../src/activities/notify/pagerduty-channel.js';
import type { Alerts, Metric, Plan } from '../../src/plan/model.js';
import { otherTrouble } from '../../src/plan/other-trouble.js';
import { acknowledgedElsewhereSignal, type Trouble } from '../../src/plan/trouble.js';
import { serve, type TestServer } from '../support/activities/http-server.js';
import { alertsOf } from '../support/alert/alert-input.js';
import { testTools } from '../support/activities/tools.js';
import { guardedMetrics, guardedPlan, guardStatus } from '../support/stage/guarded.js';
import { approval, incidents, phase, severity, span, step } from '../support/stage/plans.js';
import { door } from '../support/stage/world.js';
import { failureOf, openStage, type Run, type Stage } from '../support/stage/stage.js';

let stage: Stage;
let pagerDuty: TestServer;
beforeAll(async () => {
  stage = await openStage();
  pagerDuty = await serve((_, response) => response.writeHead(202).end('{"status":"success"}'));
});
beforeEach(async () => {
  await stage.fresh();
  pagerDuty.seen.length = 0;
  page();
});
afterAll(async () => {
  await stage.close();
  await pagerDuty[Symbol.asyncDispose]();
});

const names = Array.from({ length: 10 }, (_, index) => `success_${index}`);
const red = names.map((name): Metric => ({ ...(guardedMetrics['success'] as Metric), name }));
const metrics = { ...guardedMetrics, ...Object.fromEntries(red.map((metric) => [metric.name, metric])) };

/** Everything that is told goes to PagerDuty, as its channel of phasegate says it; the service is a STUB. */
function page(): void {
  const { secrets, fetch } = testTools({ env: { PD_KEY: 'canary' } });
  const { url } = pagerDuty;
  const channel = createPagerDutyChannel(
    { kind: 'pagerduty', name: 'pager', url, routingKey: '${env:PD_KEY}' },
    { secrets, fetch }
  );
  const tell = async (notification: Notification): Promise<void> =>
    channel.deliver({ notification, environment: stage.environment, at: Date.now() }, AbortSignal.timeout(5_000));
  stage.world.onNotify = tell;
  stage.world.onTell = ({ notification }) => tell(notification);
}

interface Event {
  event_action: string;
  dedup_key: string;
  payload?: { class: string; summary: string; custom_details: { text: string } };
  links?: Array<{ href: string; text: string }>;
}

function events(): Event[] {
  return pagerDuty.seen.map(({ body }) => JSON.parse(body) as Event);
}

/** Keys of what called people about what the guard of this test's run saw. */
function pages(): string[] {
  const called = events().filter(
    ({ event_action, dedup_key }) => event_action === 'trigger' && dedup_key.startsWith(`${stage.id}#`)
  );
  return [...new Set(called.map(({ dedup_key }) => dedup_key))];
}

function turn(value: number): void {
  for (const name of names) stage.world.series[name] = () => value;
}

function guarded(change: Partial<Plan> = {}): Plan {
  return guardedPlan(
    [phase('1a', { steps: [step.flag('core')], approval: approval() })],
    { metrics, incidents: incidents(), ...change },
    { metrics: names }
  );
}

async function waiting(change: Partial<Plan> = {}): Promise<Run> {
  turn(0.99);
  const run = await stage.start(guarded(change));
  await stage.gate('1a');
  await stage.until('the guard', async () => (await guardStatus(stage)).state === 'watching');
  return run;
}

describe('ten red metrics that become critical together', () => {
  it('are one incident and one page, which ends when the incident is resolved', { timeout: 60_000 }, async () => {
    const undo = door();
    stage.world.onUndo = () => undo.wait();
    const run = await waiting();
    turn(0.5);
    const also = await stage.until('the other nine', async () => {
      const told = (await stage.incident(1)).timeline.filter(({ text }) => text.startsWith('also: '));
      return told.length >= 9 && told;
    });
    undo.open();
    await failureOf(run.result());
    const { incidents: opened = [] } = await stage.status();
    expect(opened.map(({ number, severity }) => [number, severity])).toEqual([[1, 1]]);
    const lead = (await stage.incident(1)).title.replace(' is critical', '');
    expect(also.map(({ text }) => /^also: (\S+)/.exec(text)?.[1] ?? '').toSorted()).toEqual(
      names.filter((name) => name !== lead)
    );
    await stage.until('what the alerts said', () => {
      const alerts = events().filter(
        ({ event_action, payload }) => event_action === 'trigger' && payload?.class === 'alert'
      );
      return alerts.length === 10;
    });
    expect(pages()).toEqual([expect.stringMatching(/^migration\/.*#[0-9a-f]{8}\/everything$/)]);

    turn(0.99);
    await stage.tell(stage.incidentHandle(1), 'resolve', { by: 'lee', reason: 'mended' });
    const [key] = pages();
    await stage.until('the end of the page', () =>
      events().some(({ event_action, dedup_key }) => event_action === 'resolve' && dedup_key === key)
    );
    const ofPage = events().filter(({ dedup_key }) => dedup_key === key);
    expect(ofPage.at(-1)?.event_action).toBe('resolve');
  });

  it('one of them after the other are the same', { timeout: 60_000 }, async () => {
    const run = await waiting();
    stage.world.series['success_3'] = () => 0.5;
    await stage.until('the incident', async () => ((await stage.status()).incidents ?? []).length === 1);
    turn(0.5);
    await failureOf(run.result());
    expect((await stage.status()).incidents).toHaveLength(1);
    expect(pages()).toEqual([expect.stringMatching(/everything$/)]);
  });
});

describe('what the guard sees and a rendered rule of Prometheus says too', () => {
  const bad = { metric: 'success_0', level: 'critical' } as const;
  const caused = incidents({ severities: [severity(1), severity(2, [{ id: 'bad', when: bad }]), severity(3)] });

  /** What the receiver tells the run of the rule's alert. */
  function fromPrometheus(change: Partial<Plan>): Trouble {
    const labels = { severity: 'critical', phasegate_metric: 'success_0', phasegate_rendered: 'true' };
    const alert = {
      name: 'success_0_critical',
      key: 'alertmanager/f',
      title: 'A rule',
      reason: 'fires',
      at: 1,
      labels,
    };
    const read = otherTrouble(alert, guarded(change));
    if (!('trouble' in read)) throw new Error('the rule says nothing');
    return read.trouble;
  }

  async function seenByGuard(): Promise<void> {
    stage.world.series['success_0'] = () => 0.5;
    // The guard tells the run first, then people.
    await stage.until('the alert', () => events().some(({ payload }) => payload?.class === 'alert'));
  }

  it.each([
    ['red metric', incidents(), 1, /\/everything$/],
    ['cause of severity 2', caused, 2, /\/guard\/cause\/bad$/],
  ])('is one incident and one page, whoever is first: a %s', { timeout: 60_000 }, async (_, lead, severe, page_) => {
    for (const first of ['the alertmanager', 'the guard']) {
      await stage.fresh();
      pagerDuty.seen.length = 0;
      page();
      const undo = door();
      stage.world.onUndo = () => undo.wait();
      const run = await waiting({ incidents: lead });
      const told = (): Promise<void> => run.signal('trouble', fromPrometheus({ incidents: lead }));
      const opened = async (): Promise<boolean> => ((await stage.status()).incidents ?? []).length > 0;
      await (first === 'the guard' ? seenByGuard() : told());
      await stage.until('the incident', opened);
      await (first === 'the guard' ? told() : seenByGuard());
      const { incidents: found = [] } = await stage.status();
      expect(
        found.map((one) => one.severity),
        first
      ).toEqual([severe]);
      expect((await stage.incident(1)).source).toBe(first.replace('the ', ''));
      await stage.until('the page', () => pages().length > 0);
      expect(pages(), first).toEqual([expect.stringMatching(page_)]);
      undo.open();
    }
  });

  it('is what a person declared of the same cause before, under the same page', { timeout: 60_000 }, async () => {
    const alerts = alertsOf({ escalate: { after: span(300), to: ['cto'] } });
    const run = await waiting({ incidents: caused, alerts });
    await stage.tell(run, 'declare', { by: 'erin', cause: 'bad', reason: 'answers are wrong' });
    await seenByGuard();
    await stage.until('its line', async () =>
      (await stage.incident(1)).timeline.some(({ text }) => text.startsWith('also: '))
    );
    expect((await stage.status()).incidents).toMatchObject([{ number: 1, severity: 2, warRoom: false }]);
    // The alert leaves its escalation to the incident, which escalates as what is critical does.
    const { escalatedAt, respondBy } = await stage.until('the escalation', async () => {
      const status = await stage.incident(1);
      return status.escalatedAt !== undefined && status;
    });
    expect(escalatedAt).toBeLessThan(respondBy);
    expect(pages()).toEqual([expect.stringMatching(/\/guard\/cause\/bad$/)]);
  });

  it('is answered and ended with what a person declared to take everything back', { timeout: 60_000 }, async () => {
    const undo = door();
    stage.world.onUndo = () => undo.wait();
    const run = await waiting({ incidents: caused });
    await stage.tell(run, 'declare', { by: 'erin', severity: 1, reason: 'data is corrupt' });
    await undo.reached;
    await seenByGuard();
    await stage.until('its line', async () =>
      (await stage.incident(1)).timeline.some(({ text }) => text.startsWith('also: '))
    );
    expect((await stage.status()).incidents).toHaveLength(1);
    const both = await stage.until('both pages', () => pages().length === 2 && pages());
    const other = both.find((key) => key.endsWith('/guard/cause/bad')) ?? '';
    const incident = stage.incidentHandle(1);
    await incident.signal(acknowledgedElsewhereSignal, { by: 'Ola', via: 'PagerDuty', page: other });
    await stage.until('the acknowledgement', async () => (await stage.incident(1)).state === 'acknowledged');
    undo.open();
    await failureOf(run.result());
    turn(0.99);
    await stage.tell(incident, 'resolve', { by: 'lee', reason: 'mended' });
    const said = (action: string): string[] =>
      events().flatMap(({ event_action, dedup_key }) =>
        event_action === action && both.includes(dedup_key) ? [dedup_key] : []
      );
    await stage.until('the end of both', () => said('resolve').length === 2);
    expect(said('resolve').toSorted()).toEqual(both.toSorted());
    expect(said('acknowledge').toSorted()).toEqual(both.toSorted());
  });

  it('joins the incident that takes everything back, as the guard would have it', { timeout: 60_000 }, async () => {
    const undo = door();
    stage.world.onUndo = () => undo.wait();
    const run = await waiting();
    stage.world.series['success_3'] = () => 0.5;
    await stage.until('the incident', async () => ((await stage.status()).incidents ?? []).length === 1);
    await run.signal('trouble', fromPrometheus({}));
    await stage.until('its line', async () =>
      (await stage.incident(1)).timeline.some(({ text }) => text === 'also: A rule: fires')
    );
    undo.open();
    await failureOf(run.result());
    expect((await stage.status()).incidents).toHaveLength(1);
    expect(pages()).toEqual([expect.stringMatching(/everything$/)]);
  });
});

describe('the words of a page', () => {
  const runbook = 'https://runbooks.example/isolation';
  const alerts: Alerts = {
    ...alertsOf(),
    templates: [
      {
        id: 'bad-answers',
        metric: 'success_0',
        level: 'critical',
        title: 'CRITICAL: answers are wrong ({{value}})',
        message: 'Users affected: {{affected_users}}, tenant {{tenant}}\n\nRequired actions:\n1. Tell them',
        runbook,
      },
    ],
  };
  const bad = { metric: 'success_0', level: 'critical' } as const;
  const caused = incidents({
    severities: [severity(1, [{ id: 'wrong', title: 'Answers are wrong', when: bad }]), severity(2), severity(3)],
  });

  it.each([
    ['red metric', incidents(), 'success_0 is critical: '],
    ['cause', caused, 'Answers are wrong: '],
  ])('are those of the template of its metric, whoever is first to say them: a %s', async (_, lead, says) => {
    turn(0.99);
    stage.world.series['affected_users'] = () => 7;
    const bindings = { ...stage.environment.metrics.bindings };
    bindings['success_0'] = { promql: 'success_0', context: { affected_users: 'count(affected)' } };
    const metricsOfIt = { ...stage.environment.metrics, bindings };
    const run = await stage.start(guarded({ incidents: lead, alerts }), 'dana', {
      ...stage.environment,
      metrics: metricsOfIt,
    });
    await stage.gate('1a');
    await stage.until('the guard', async () => (await guardStatus(stage)).state === 'watching');
    stage.world.series['success_0'] = () => 0.5;
    await failureOf(run.result());
    const calls = await stage.until('the calls of both', () => {
      const all = events().filter(({ event_action, payload }) => event_action === 'trigger' && payload !== undefined);
      const of = (kind: string): Event | undefined => all.find(({ payload }) => payload?.class === kind);
      const [call, told] = [of('escalation'), of('alert')];
      return call && told && { call, told };
    });
    expect(calls.call.dedup_key).toBe(calls.told.dedup_key);
    expect(calls.told.payload?.summary).toBe('CRITICAL: answers are wrong (50%)');
    expect(calls.call.payload?.summary).toMatch(/incident\/1: severity 1: CRITICAL: answers are wrong \(50%\)$/);
    for (const { payload, links } of [calls.call, calls.told]) {
      // What nobody measures is unknown.
      expect(payload?.custom_details.text).toContain(
        'Users affected: 7, tenant unknown\n\nRequired actions:\n1. Tell them'
      );
      expect(links).toEqual([{ href: runbook, text: 'Runbook' }]);
    }
    expect(calls.call.payload?.custom_details.text).toContain(`1. Tell them\n\n${says}`);
  });
});

describe('an acknowledgement in PagerDuty', () => {
  it('of another page changes nothing; of its own it stops the calls, and PagerDuty hears of it', async () => {
    const run = await waiting();
    turn(0.5);
    await failureOf(run.result());
    const incident = stage.incidentHandle(1);
    const [key = ''] = await stage.until('the page', () => pages().length > 0 && pages());
    const ack = { by: 'Ola', via: 'PagerDuty' };
    await incident.signal(acknowledgedElsewhereSignal, { ...ack, page: `${key}-another` });
    await incident.signal(acknowledgedElsewhereSignal, 'nonsense');
    await incident.signal(acknowledgedElsewhereSignal, { ...ack, page: key });
    await incident.signal(acknowledgedElsewhereSignal, { ...ack, by: 'Kim', page: key });
    await stage.until('the acknowledgement', async () => (await stage.incident(1)).state === 'acknowledged');
    expect((await stage.incident(1)).acknowledged?.by).toBe('Ola (PagerDuty)');
    await stage.until('PagerDuty', () =>
      events().some(({ event_action, dedup_key }) => event_action === 'acknowledge' && dedup_key === key)
    );
    expect((await stage.incident(1)).timeline.filter(({ text }) => text.endsWith('acknowledged it'))).toHaveLength(1);
  });
});
