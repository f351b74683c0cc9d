import { ApplicationFailure } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Notification } from '../../src/activities/contract.js';
import { PhasegateClient } from '../../src/client/phasegate-client.js';
import { openBelow } from '../../src/client/read/family.js';
import { plain } from '../../src/client/render/paint.js';
import { buildReport } from '../../src/client/report/build-report.js';
import { pageOf } from '../../src/client/report/html/page.js';
import { reportMarkdown } from '../../src/client/report/markdown.js';
import { frame } from '../../src/client/view/frame.js';
import { guardWorkflowId } from '../../src/plan/names.js';
import type { Metric, Plan } from '../../src/plan/model.js';
import type { AlertStatus, MetricState } from '../../src/plan/watch-status.js';
import { alertInput, alertsOf, news } from '../support/alert/alert-input.js';
import { startAlert } from '../support/alert/alert-stage.js';
import {
  alertHandle,
  alertStory,
  guardedMetrics,
  guardHandle,
  guardedPlan,
  guardStatus,
} from '../support/stage/guarded.js';
import { approval, phase, span, step } from '../support/stage/plans.js';
import { linkOf } from '../support/stage/link.js';
import { openStage, type Run, type Stage } from '../support/stage/stage.js';
import { door } from '../support/stage/world.js';

const week = 7 * 24 * 3_600_000;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(async () => {
  await stage.fresh();
  stage.world.series = { success: () => 0.99, latency: () => 1 };
});
afterAll(() => stage.close());

/** A run that has changed something and waits for its approval, watched. */
async function waiting(
  guard: Parameters<typeof guardedPlan>[2] = {},
  more: Parameters<Stage['start']>[3] = {},
  change: Partial<Plan> = {}
): Promise<Run> {
  const phases = [phase('1a', { steps: [step.flag('core')], approval: approval() })];
  const run = await stage.start(guardedPlan(phases, change, guard), 'dana', stage.environment, more);
  await stage.gate('1a');
  await stage.until('the guard', async () => (await guardStatus(stage)).state === 'watching');
  return run;
}

/** The same, where an alert is over when its metric was back for two seconds. */
function waitingBriefly(): Promise<Run> {
  return waiting({}, {}, { alerts: alertsOf({}, { escalate: { after: span(10_000), to: [] } }) });
}

function seen(metric: string, state: MetricState): Promise<unknown> {
  return stage.until(`${metric} to be ${state}`, async () =>
    (await guardStatus(stage)).metrics.find((one) => one.metric === metric && one.state === state)
  );
}

function told(key: string, ...levels: string[]): Promise<unknown> {
  return stage.until(`${key} to hear ${levels.join(', ')}`, async () => {
    const story = await alertStory(stage, key);
    return JSON.stringify(story.levels) === JSON.stringify(levels);
  });
}

/** What channels were told of an alert, whichever of them. */
function callsOf(metric: string): Notification[] {
  return stage.world.told.flatMap(({ notification }) => (notification.alert?.metric === metric ? [notification] : []));
}

function saidOf(metric: string, ...events: string[]): Promise<unknown> {
  return stage.until(`${metric}: ${events.join(', ')}`, () => {
    const said = callsOf(metric).map(({ alert }) => alert?.event);
    return JSON.stringify(said) === JSON.stringify(events);
  });
}

/** Somebody terminates an alert when what was told of it has arrived. */
async function ended(metric: string, acknowledged?: { by: string }): Promise<AlertStatus> {
  const alert = alertHandle(stage, metric);
  if (acknowledged) await stage.tell(alert, 'acknowledge', acknowledged);
  const told = acknowledged ? 2 : 1;
  const status = await stage.until('what was told', async () => {
    const now = await alert.query<AlertStatus>('status');
    return now.deliveries.filter(({ state }) => state === 'delivered').length === told && now;
  });
  await alert.terminate('somebody wants it gone');
  return status;
}

/** Resolves when the guard watches that was started so often. */
function watched(starts: number): Promise<unknown> {
  return stage.until(`start ${starts}`, async () => {
    const { guard } = await stage.status();
    return guard?.state === 'watching' && guard.starts === starts;
  });
}

/** No guard sees anything before it is opened. */
function blind(): ReturnType<typeof door> {
  const works = stage.world.watch.bind(stage.world);
  const looks = door();
  stage.world.watch = (input) => looks.wait().then(() => works(input));
  return looks;
}

async function complete(run: Run): Promise<void> {
  await stage.tell('1a', 'approve', 'erin');
  await run.result();
}

describe('the alerts of a guard', () => {
  it('have a key that the run shares with none that began with it', async () => {
    const run = await waiting({}, { ownPages: true });
    stage.world.series['latency'] = () => 4;
    const { workflowId } = alertHandle(stage, 'latency');
    const { dedupKey } = await stage.until('the alert', () =>
      alertHandle(stage, 'latency').query<AlertStatus>('status')
    );
    const { runId } = await run.describe();
    expect(dedupKey).toBe(`${workflowId}#${runId.slice(-8)}`);
    await complete(run);
  });

  it('one metric at its warning alerts, and takes nothing back', async () => {
    const run = await waiting();
    stage.world.series['success'] = () => 0.85;
    await told('success', 'warning');
    const { input } = await alertStory(stage, 'success');
    expect(input).toMatchObject({
      key: 'success',
      metric: 'success',
      description: 'share of good answers',
      run: { workflowId: run.workflowId },
      news: { level: 'warning', value: 0.85 },
    });
    expect(input.news.reason).toMatch(/^success is beyond its warning threshold \(< 90%\): 85% at /);
    await stage.until('the guard to know it', async () => (await guardStatus(stage)).alerts.length > 0);
    expect((await guardStatus(stage)).alerts).toEqual([`${run.workflowId}/alert/success`]);
    const { typedSearchAttributes, staticSummary } = await alertHandle(stage, 'success').describe();
    // The same whatever becomes of it: how it stands is in its details.
    expect(await staticSummary()).toBe('Alert: success, A plan for tests');
    expect(typedSearchAttributes.getAll().map(({ key }) => key.name)).toEqual(
      expect.arrayContaining(['PhasegatePlan', 'PhasegateEnvironment', 'PhasegateRun'])
    );
    await complete(run);
    expect(stage.world.story('undo')).toEqual([]);
  });

  it('hears how its metric goes on, and that it is back', async () => {
    const run = await waiting();
    stage.world.series['latency'] = () => 4;
    await told('latency', 'warning');
    stage.world.series['latency'] = () => 6;
    await told('latency', 'warning', 'critical');
    stage.world.series['latency'] = () => 1;
    await told('latency', 'warning', 'critical', 'recovered');
    await stage.until('its end', async () => (await guardStatus(stage)).alerts.length === 0);
    await complete(run);
  });

  it('hears again of a count at its warning that has grown, and asks anew whoever acknowledged it', async () => {
    const leaks: Metric = {
      name: 'leaks',
      description: 'answers that reached the wrong user',
      unit: 'count',
      priority: 'red',
      target: { op: '==', value: 0, text: '== 0' },
      warning: { op: '>=', value: 1, text: '>= 1' },
      critical: { op: '>=', value: 50, text: '>= 50' },
      gates: true,
    };
    let [count, looks] = [0, 0];
    stage.world.series['leaks'] = () => {
      looks += 1;
      return count;
    };
    const phases = [phase('1a', { steps: [step.flag('core')], approval: approval() })];
    const run = await stage.start(
      guardedPlan(phases, { metrics: { ...guardedMetrics, leaks } }, { metrics: ['success', 'leaks'] })
    );
    await stage.gate('1a');
    await stage.until('some looks', () => looks > 3);
    count = 1;
    await told('leaks', 'warning');
    const alert = alertHandle(stage, 'leaks');
    await stage.tell(alert, 'acknowledge', { by: 'erin' });
    count = 2;
    await told('leaks', 'warning', 'warning');
    await stage.until('its call', async () => {
      const { acknowledged, reason } = await alert.query<AlertStatus>('status');
      return acknowledged === undefined && reason.includes('rose by 2');
    });
    await complete(run);
  });

  it('hears that there is no data, as what it is', async () => {
    const run = await waiting();
    delete stage.world.series['latency'];
    await told('latency', 'no-data');
    expect((await guardStatus(stage)).sentence).toMatch(/^Watches 2 metrics every 100 ms; no-data: latency \(since /);
    await complete(run);
    expect(stage.world.story('undo')).toEqual([]);
  });

  it('a source that is away is one alert, of the guard itself', async () => {
    const run = await waiting();
    delete stage.world.series['success'];
    delete stage.world.series['latency'];
    await told('guard', 'no-data');
    await expect(alertHandle(stage, 'success').describe()).rejects.toThrow();
    expect(await guardStatus(stage)).toMatchObject({
      state: 'blind',
      metrics: [{ state: 'no-data' }, { state: 'no-data' }],
    });
    Object.assign(stage.world.series, { success: () => 0.99, latency: () => 1 });
    await told('guard', 'no-data', 'recovered');
    expect((await guardStatus(stage)).state).toBe('watching');
    await complete(run);
  });

  it('that is open when the run ends hears that nobody watches any more', async () => {
    const run = await waiting();
    stage.world.series['latency'] = () => 4;
    await told('latency', 'warning');
    await complete(run);
    await told('latency', 'warning', 'unwatched');
  });

  it('that has closed is started anew', async () => {
    const run = await waiting();
    stage.world.series['latency'] = () => 4;
    await told('latency', 'warning');
    await alertHandle(stage, 'latency').terminate('somebody closed it');
    stage.world.series['latency'] = () => 6;
    await told('latency', 'critical');
    await complete(run);
  });

  it('that was ended from outside goes on for the end of its trouble: nobody is called anew, and its page is closed', async () => {
    const run = await waitingBriefly();
    stage.world.series['latency'] = () => 4;
    await saidOf('latency', 'trigger');
    const before = await ended('latency', { by: 'lee' });
    stage.world.series['latency'] = () => 1;
    await saidOf('latency', 'trigger', 'acknowledge', 'resolve');
    const after = await alertHandle(stage, 'latency').query<AlertStatus>('status');
    expect(after).toMatchObject({ openedAt: before.openedAt, dedupKey: before.dedupKey, acknowledged: { by: 'lee' } });
    expect(after.runId).not.toBe(before.runId);
    expect(after.deliveries.map(({ kind }) => kind)).toEqual(['opened', 'acknowledged', 'recovered']);
    expect(new Set(callsOf('latency').map(({ alert }) => alert?.dedupKey)).size).toBe(1);
    expect(new Set(callsOf('latency').map(({ dedupKey }) => dedupKey)).size).toBe(3);
    await complete(run);
  });

  it('that was ended from outside is closed with the run', async () => {
    const run = await waitingBriefly();
    stage.world.series['latency'] = () => 4;
    await saidOf('latency', 'trigger');
    await ended('latency');
    await complete(run);
    await saidOf('latency', 'trigger', 'resolve');
    expect(callsOf('latency').at(-1)?.title).toMatch(/^No longer watched: /);
  });

  it('that somebody cancelled has been closed by that, and is not closed twice', async () => {
    const run = await waitingBriefly();
    stage.world.series['latency'] = () => 4;
    await saidOf('latency', 'trigger');
    await alertHandle(stage, 'latency').cancel();
    await alertHandle(stage, 'latency').result();
    stage.world.series['latency'] = () => 1;
    await seen('latency', 'ok');
    await complete(run);
    await guardHandle(stage).result();
    await saidOf('latency', 'trigger', 'resolve');
  });

  it('that is open already, of an earlier guard, is told', async () => {
    const run = await waiting();
    stage.world.series['latency'] = () => 4;
    await told('latency', 'warning');
    await guardHandle(stage).terminate('an accident');
    await stage.until('another guard', async () => (await stage.status()).guard?.starts === 2);
    // It knows nothing of the alert: it finds it open.
    await told('latency', 'warning', 'warning');
    await complete(run);
  });

  it('that another run left open ends, and people are told of the metric anew', async () => {
    const { client, environment, planId } = stage;
    const of = { environmentId: environment.id, planId, key: 'latency', metric: 'latency' };
    const left = await startAlert(client, alertInput({ ...of, news: news('critical') }));
    await left.acknowledge('erin');
    await saidOf('latency', 'trigger', 'acknowledge');
    const run = await waiting();
    stage.world.series['latency'] = () => 4;
    await saidOf('latency', 'trigger', 'acknowledge', 'resolve', 'trigger');
    expect(callsOf('latency').map(({ title }) => title.split(':')[0])).toEqual([
      'CRITICAL',
      'Acknowledged by erin',
      'No longer watched',
      'WARNING',
    ]);
    await complete(run);
  });

  it('is told little of a metric that goes up and down 200 times', async () => {
    const run = await waiting({ every: { ms: 10, planned: '10ms' } });
    stage.world.series['latency'] = (at) => (Math.floor(at / 40) % 2 === 0 ? 4 : 1);
    const before = Date.now();
    await stage.until('200 times', () => Date.now() - before > 200 * 80, 30_000);
    const { levels } = await alertStory(stage, 'latency');
    expect(levels.length).toBeLessThan(20);
    await complete(run);
  });
});

describe('what a guard sees', () => {
  it('stands in the status, in its last value too, and in the report when it is over', async () => {
    const client = new PhasegateClient(linkOf(stage));
    const run = await waiting();
    const ref = { workflowId: run.workflowId, runId: (await run.describe()).runId };
    const lines = async (): Promise<string> => {
      const view = { paint: plain, columns: 200, now: Date.now() };
      return frame(await client.status(ref), view)
        .map(({ text }) => text)
        .join('\n');
    };
    await stage.until('the status', async () => (await client.status(ref)).guard?.metrics[0]?.value === 0.99);
    expect(await lines()).toContain('▶ guard  Watches 2 metrics every 100 ms; all are well.');
    stage.world.series['latency'] = () => 4;
    await seen('latency', 'warning');
    expect(await lines()).toMatch(/! guard {2}Watches 2 metrics every 100 ms; warning: latency 4s \(since /);
    expect(await lines()).toContain('latency is beyond its warning threshold (> 3s): 4s at');
    await complete(run);
    const report = await stage.until('the end of the guard', async () => {
      const made = buildReport(await client.status(ref));
      return made.guard?.state === 'ended' && (made.guard.evidence ?? []).length > 0 && made;
    });
    const markdown = reportMarkdown(report);
    expect(markdown).toContain('## Guard\n\nThe guard has ended; at last: warning: latency 4s');
    expect(markdown).toMatch(/\| latency \| ok → warning \| latency is beyond its warning threshold/);
    expect(markdown).toMatch(/Evidence: sha256:/);
    expect(pageOf(report)).toContain('Metrics as they stood last');
    // An alert that still tells that nobody watches, and a guard that is just ending, are no reason to refuse the next run.
    expect(await openBelow(linkOf(stage), run.workflowId)).toEqual([]);
    await stage.until('the end of the alert', async () => {
      const { status } = await alertHandle(stage, 'latency').describe();
      return status.name === 'COMPLETED';
    });
  });
});

describe('a guard to which nothing happens', () => {
  it('costs fewer than 100 events a week', async () => {
    // Two looks to their end; the third watches on.
    stage.world.onGuard = (input) => (stage.world.guarded.length > 2 ? input : { ...input, longestMs: 300 });
    const run = await waiting();
    await stage.until('the third look', () => stage.world.guarded.length > 2);
    const historyOf = async (runId?: string | null): Promise<temporal.api.history.v1.IHistoryEvent[]> =>
      (await stage.handleOf(guardWorkflowId(run.workflowId), runId ?? undefined).fetchHistory()).events ?? [];
    const [begun] = await historyOf();
    // The second execution lies between two that handed over, as all but the first and the last of a week do.
    const events = await historyOf(begun?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId);
    expect(events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId).toBeTruthy();
    expect(events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes).toBeTruthy();
    const askedFor = stage.world.guarded[1]?.longestMs ?? 0;
    expect((events.length * week) / askedFor).toBeLessThan(100);
    expect((await guardStatus(stage)).news).toEqual([]);
    await complete(run);
  });
});

describe('a guard that is lost', () => {
  it('looks back to the first change at first, is started again, and the status says so', async () => {
    const run = await waiting();
    await guardHandle(stage).terminate('an accident');
    await stage.until('another guard', async () => (await stage.status()).guard?.starts === 2);
    expect((await stage.status()).guard).toMatchObject({
      workflowId: guardWorkflowId(run.workflowId),
      state: 'watching',
    });
    const changedAt = (await stage.phase('1a')).changedAt;
    await stage.until('its look', () => stage.world.guarded.length > 1);
    const [first, second] = stage.world.guarded;
    expect(first).toMatchObject({ since: changedAt, changedAt });
    expect(second).toMatchObject({ since: changedAt, changedAt, reachBackMs: 60_000 });
    // Its worker may have died behind the first change, and come back an hour later.
    expect(first).not.toHaveProperty('reachBackMs');
    stage.world.series['latency'] = () => 4;
    await seen('latency', 'warning');
    await complete(run);
  });

  it('leaves no alert open whose metric is well by the time that another watches', async () => {
    const run = await waiting();
    stage.world.series['latency'] = () => 4;
    await told('latency', 'warning');
    const looks = blind();
    await guardHandle(stage).terminate('an accident');
    stage.world.series['latency'] = () => 1;
    looks.open();
    await told('latency', 'warning', 'recovered');
    await complete(run);
  });

  it('believes no alert to be over before it has caught up with what the guard before it told', async () => {
    const run = await waiting();
    const since = Date.now();
    stage.world.series['success'] = (at) => (at >= since ? 0.85 : 0.99);
    await told('success', 'warning');
    const then = Date.now();
    stage.world.series['latency'] = (at) => (at >= then ? 4 : 1);
    await told('latency', 'warning');
    await guardHandle(stage).terminate('an accident');
    // Its first look ends at the first news of what it looks back at, when the other one was well.
    await told('success', 'warning', 'warning');
    await told('latency', 'warning', 'warning');
    await complete(run);
  });

  it('tells an alert that is believed to be over of the next breach, however late samples are', async () => {
    const { environment } = stage;
    const late = { ...environment, metrics: { ...environment.metrics, lag: span(3_000) } };
    const phases = [phase('1a', { steps: [step.flag('core')], approval: approval() })];
    const run = await stage.start(guardedPlan(phases), 'dana', late);
    await stage.gate('1a');
    stage.world.series['latency'] = () => 4;
    await told('latency', 'warning');
    const looks = blind();
    await guardHandle(stage).terminate('an accident');
    stage.world.series['latency'] = () => 1;
    looks.open();
    await told('latency', 'warning', 'recovered');
    stage.world.series['latency'] = () => 6;
    await stage.until('its call', async () => {
      const { level, state } = await alertHandle(stage, 'latency').query<AlertStatus>('status');
      return level === 'critical' && state === 'firing';
    });
    await complete(run);
  });

  it('closes the page of an alert that was ended from outside meanwhile', async () => {
    const run = await waitingBriefly();
    stage.world.series['latency'] = () => 4;
    await saidOf('latency', 'trigger');
    const looks = blind();
    await guardHandle(stage).terminate('an accident');
    await ended('latency');
    stage.world.series['latency'] = () => 1;
    looks.open();
    await saidOf('latency', 'trigger', 'resolve');
    await complete(run);
  });

  it('leaves no alert open when the run ends before another watches', async () => {
    const run = await waiting();
    stage.world.series['latency'] = () => 4;
    await told('latency', 'warning');
    const looks = door();
    // The next one sees nothing any more.
    stage.world.watch = () => looks.wait().then(() => Promise.reject(new Error('too late')));
    for (let starts = 1; starts <= 3; starts += 1) {
      await watched(starts);
      await guardHandle(stage).terminate('an accident');
    }
    await stage.until('it to be lost', async () => (await stage.status()).guard?.state === 'lost');
    await complete(run);
    await told('latency', 'warning', 'unwatched');
    looks.open();
  });

  it('five times is not started any more: people are told, and the run goes on', { timeout: 90_000 }, async () => {
    const run = await waiting();
    stage.world.series['latency'] = () => 4;
    await told('latency', 'warning');
    for (let starts = 1; starts <= 5; starts += 1) {
      await watched(starts);
      await guardHandle(stage).terminate('an accident');
    }
    await stage.until('the end of it', () => stage.world.notes.some(({ kind }) => kind === 'escalation'));
    expect(stage.world.notes.find(({ kind }) => kind === 'escalation')).toMatchObject({
      title: 'A plan for tests: nobody watches its metrics any more',
      to: ['dana', 'erin', 'lee', 'carlos'],
    });
    expect((await stage.status()).guard).toMatchObject({
      state: 'lost',
      starts: 5,
      reason: expect.stringMatching(/terminated/i),
    });
    await stage.until('the end of its alert', async () => {
      const { levels } = await alertStory(stage, 'latency');
      return levels.at(-1) === 'unwatched';
    });
    // Whoever acknowledges that nobody watches is reminded no more; the run's end closes it.
    await told('guard', 'no-data');
    await complete(run);
    await told('guard', 'no-data', 'unwatched');
    expect(stage.world.story('undo')).toEqual([]);
  });

  it(
    'because its activity fails says that nobody watches, and that it does again, whatever it sees first of what it missed',
    { timeout: 120_000 },
    async () => {
      const works = stage.world.watch.bind(stage.world);
      stage.world.watch = () => Promise.reject(ApplicationFailure.nonRetryable('the worker is broken', 'PG319'));
      const alerts = alertsOf({}, { escalate: { after: span(10_000), to: ['executives'] } });
      const phases = [phase('1a', { steps: [step.flag('core')], approval: approval() })];
      const run = await stage.start(guardedPlan(phases, { alerts }, { every: span(10) }));
      await stage.gate('1a');
      await told('guard', 'no-data');
      expect(await guardStatus(stage)).toMatchObject({
        state: 'blind',
        sentence: expect.stringContaining('PG319 the worker is broken'),
      });
      // It was at its warning before anybody was told that nobody watches.
      stage.world.series['latency'] = () => 4;
      stage.world.watch = works;
      const guard = alertHandle(stage, 'guard');
      await stage.until('its end', async () => (await guard.describe()).status.name === 'COMPLETED', 90_000);
      expect((await alertStory(stage, 'guard')).levels).toEqual(['no-data', 'recovered']);
      await complete(run);
      expect(stage.world.story('undo')).toEqual([]);
    }
  );
});
