import { ApplicationFailure, Context } from '@temporalio/activity';
import { Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import type { EnvironmentActivities, TellInput } from '../../src/activities/contract.js';
import type { Alerts } from '../../src/plan/model.js';
import { environmentQueue } from '../../src/plan/names.js';
import { alertInput, alertsOf, news } from '../support/alert/alert-input.js';
import { inBatches } from '../support/in-batches.js';
import { openAlertStage, type Alert, type AlertStage } from '../support/alert/alert-stage.js';
import { openTheatre } from '../support/stage/theatre.js';
import { door } from '../support/stage/world.js';
import { until } from '../support/until.js';

interface Told extends AsyncDisposable {
  stage: AlertStage;
  /** Each attempt: channel and title. */
  attempts: string[];
}

/** Alerts whose channels are scripts: they return when they take a message. */
async function openScripted(script: (input: TellInput, attempts: string[]) => Promise<void> | void): Promise<Told> {
  const stage = await openAlertStage({ withWorker: false });
  const { shared } = await openTheatre();
  const attempts: string[] = [];
  const tellChannel: EnvironmentActivities['tellChannel'] = async (input) => {
    attempts.push(`${input.channel.name} ${input.notification.title}`);
    await script(input, attempts);
    return { endedAt: Date.now() };
  };
  const worker = await Worker.create({
    ...shared,
    taskQueue: environmentQueue(stage.environmentId),
    activities: { tellChannel },
    maxHeartbeatThrottleInterval: '200ms',
    defaultHeartbeatThrottleInterval: '200ms',
  });
  const running = worker.run();
  return {
    stage,
    attempts,
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      worker.shutdown();
      await running;
    },
  };
}

/** An alert at its warning, where nobody can be told but by the channels of its routes. */
function started({ stage }: Told, alerts: Alerts): Promise<Alert> {
  const { channels, environmentId } = stage;
  const named = Object.values(alerts.routes).flatMap((route) => route.channels);
  const { environment } = alertInput({
    environmentId,
    channels: Object.values(channels).filter(({ name }) => named.includes(name)),
  });
  return stage.start({ alerts, environment: { ...environment, notify: [] }, news: news('warning') });
}

/** A channel that is away, and is not tried again within the half minute in which it is tried quickly. */
function away(): ApplicationFailure {
  return ApplicationFailure.create({ message: 'it is away', type: 'PG330', nextRetryDelay: '1m' });
}

/** Heartbeats until the door opens, whoever wants it to end, but for the worker. */
async function heedless(wait: Promise<void>): Promise<void> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), 100);
  const stops = new Promise<void>((resolve) => {
    context.cancellationSignal.addEventListener('abort', () => {
      if (context.cancellationDetails?.workerShutdown) resolve();
    });
  });
  await Promise.race([wait, stops]).finally(() => clearInterval(beat));
}

function attemptsOf(attempts: string[], channel: string): number {
  return attempts.filter((attempt) => attempt.startsWith(`${channel} `)).length;
}

/** So many news that it continues as new. */
async function fill(alert: Alert): Promise<void> {
  await inBatches(500, 50, () => alert.hear('warning'));
}

async function nextExecution(alert: Alert, first: string): Promise<void> {
  await until('the next execution', async () => (await alert.handle.describe()).runId !== first, { withinMs: 20_000 });
}

describe('an alert that continues as new', () => {
  it(
    'leaves what becomes worse meanwhile to its next execution, and waits for no channel that is tried with it',
    {
      timeout: 90_000,
    },
    async () => {
      const [cancelled, returns] = [door(), door()];
      await using told = await openScripted(async ({ channel, notification }, attempts) => {
        if (channel.name === 'pager') throw away();
        if (channel.name === 'mail' || !notification.title.startsWith('WARNING')) return;
        if (attemptsOf(attempts, 'slack') === 1) throw away();
        void Context.current().cancelled.catch(() => void cancelled.wait());
        await heedless(returns.opened);
      });
      const alert = await started(told, alertsOf({ channels: ['pager'] }, { channels: ['slack', 'mail'] }));
      const { runId } = await alert.handle.describe();
      await until('its patient attempt', () => attemptsOf(told.attempts, 'slack') === 2);
      await fill(alert);
      await cancelled.reached;
      await alert.hear('critical');
      await alert.until('what is worse', ({ level }) => level === 'critical');
      returns.open();
      await nextExecution(alert, runId);
      await alert.until('the pager', ({ deliveries }) =>
        deliveries.some(({ channel, kind, state }) => channel === 'pager' && kind === 'raised' && state === 'failing')
      );
      await until('the report', () => told.attempts.includes('slack Channel pager does not take alerts'));
    }
  );

  it('still owes the others the report of a channel that is down', { timeout: 90_000 }, async () => {
    let takes = false;
    const slackIsDown = door();
    await using told = await openScripted(async ({ channel }, attempts) => {
      if (channel.name === 'slack') {
        if (attemptsOf(attempts, 'slack') === 2) slackIsDown.open();
        if (!takes) throw away();
        return;
      }
      await slackIsDown.opened;
      throw ApplicationFailure.nonRetryable('it refuses', 'PG331');
    });
    const alert = await started(told, alertsOf({}, { channels: ['pager', 'slack'] }));
    const { runId } = await alert.handle.describe();
    // Nobody is left who could be told of it.
    await alert.until('the pager to be given up', ({ deliveries }) =>
      deliveries.some(
        ({ channel, kind, state }) => channel === 'pager' && kind === 'channel-down' && state === 'given up'
      )
    );
    takes = true;
    await fill(alert);
    await nextExecution(alert, runId);
    await until('the report', () => told.attempts.includes('slack Channel pager does not take alerts'));
    expect(told.attempts).not.toContain('slack Channel slack does not take alerts');
  });
});
