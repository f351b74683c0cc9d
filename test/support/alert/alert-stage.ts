import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { createEnvironmentActivities } from '../../../src/activities/create-activities.js';
import type { Channel } from '../../../src/plan/model.js';
import { alertWorkflowId, environmentQueue, workflowQueue } from '../../../src/plan/names.js';
import type { AlertInput } from '../../../src/plan/run-input.js';
import { levelSignal, type LevelNews } from '../../../src/plan/trouble.js';
import type { AlertStatus, Delivery } from '../../../src/plan/watch-status.js';
import type { Answer } from '../../../src/plan/wire.js';
import type { alert } from '../../../src/workflows/alert.js';
import { serve, type SeenRequest, type TestServer } from '../activities/http-server.js';
import { serveMail, type TestMailServer } from '../activities/smtp-server.js';
import { testTools } from '../activities/tools.js';
import { openTheatre } from '../stage/theatre.js';
import { until } from '../until.js';
import { alertInput, news } from './alert-input.js';

/** What a sink answers to the next requests; the last one stays. */
export interface Script {
  answer: (request: SeenRequest, count: number) => number | Promise<number>;
}

/** Real receivers on loopback, a worker of the environment with the real activities, and alerts on a real server. */
export interface AlertStage extends AsyncDisposable {
  client: Client;
  environmentId: string;
  pager: TestServer & Script;
  slack: TestServer & Script;
  mail: TestMailServer;
  channels: { pager: Channel; slack: Channel; mail: Extract<Channel, { kind: 'email' }> };
  /** Starts an alert as the guard does. */
  start(change?: Parameters<typeof alertInput>[0]): Promise<Alert>;
}

export interface Alert {
  id: string;
  input: AlertInput;
  handle: WorkflowHandle<typeof alert>;
  status(): Promise<AlertStatus>;
  hear(level: LevelNews['level'], change?: Partial<LevelNews>): Promise<void>;
  acknowledge(by: string): Promise<Answer>;
  until(what: string, holds: (status: AlertStatus) => boolean, withinMs?: number): Promise<AlertStatus>;
}

export const pagerKey = 'canary-routing-key';

/** @param withWorker false: nobody works for the environment, or another process does */
export async function openAlertStage({
  withWorker = true,
  cached,
}: { withWorker?: boolean; cached?: number } = {}): Promise<AlertStage> {
  const { client, shared } = await openTheatre(cached);
  const environmentId = `a-${randomUUID().slice(0, 8)}`;
  const [pager, slack, mail] = await Promise.all([sink(202), sink(200), serveMail()]);
  const channels = {
    pager: { kind: 'pagerduty', name: 'pager', url: `${pager.url}/v2/enqueue`, routingKey: '${env:PD_KEY}' },
    slack: { kind: 'slack', name: 'slack', url: `${slack.url}/services/T0/B0/x` },
    mail: {
      kind: 'email',
      name: 'mail',
      smtp: mail.smtp,
      security: 'none',
      from: 'phasegate@example.test',
      to: [],
    },
  } satisfies AlertStage['channels'];
  const worker = withWorker
    ? await Worker.create({
        ...shared,
        taskQueue: environmentQueue(environmentId),
        activities: createEnvironmentActivities(testTools({ env: { PD_KEY: pagerKey } })).environment,
        maxHeartbeatThrottleInterval: '500ms',
        defaultHeartbeatThrottleInterval: '500ms',
      })
    : undefined;
  const running = worker?.run();
  const started: Alert[] = [];
  return {
    client,
    environmentId,
    pager,
    slack,
    mail,
    channels,
    async start(change = {}) {
      const planId = `plan-${randomUUID().slice(0, 8)}`;
      const all = Object.values(channels);
      const input = alertInput({ environmentId, planId, channels: all, ...change });
      const one = await startAlert(client, input);
      started.push(one);
      return one;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map(({ handle }) => handle.terminate('the test is over').catch(() => undefined)));
      worker?.shutdown();
      await running;
      await Promise.all([pager, slack, mail].map((one) => one[Symbol.asyncDispose]()));
    },
  };
}

/** Starts one as the guard does. */
export async function startAlert(client: Client, input: AlertInput): Promise<Alert> {
  const id = alertWorkflowId(input.run.workflowId, input.key);
  await client.workflow.start<typeof alert>('alert', { workflowId: id, taskQueue: workflowQueue, args: [input] });
  const handle = client.workflow.getHandle<typeof alert>(id);
  const status = (): Promise<AlertStatus> => handle.query<AlertStatus>('status');
  return {
    id,
    input,
    handle,
    status,
    hear: (level, change) => handle.signal(levelSignal, news(level, change)),
    acknowledge: (by) => handle.executeUpdate<Answer, [unknown]>('acknowledge', { args: [{ by }] }),
    until: (what, holds, withinMs = 45_000) =>
      until(
        what,
        async () => {
          const now = await status();
          return holds(now) && now;
        },
        { everyMs: 30, withinMs }
      ),
  };
}

async function sink(status: number): Promise<TestServer & Script> {
  const script: Script = { answer: () => status };
  let count = 0;
  const server = await serve((request, response) => {
    count += 1;
    void Promise.resolve(script.answer(request, count)).then((code) => response.writeHead(code).end('ok'));
  });
  return Object.assign(script, server);
}

/** How many deliveries of that channel, of that kind, were taken. */
export function taken({ deliveries }: AlertStatus, of: Partial<Pick<Delivery, 'channel' | 'kind'>>): number {
  return deliveries.filter(
    ({ channel, kind, state }) =>
      state === 'delivered' && channel === (of.channel ?? channel) && kind === (of.kind ?? kind)
  ).length;
}

export interface PagerEvent {
  event_action: string;
  dedup_key: string;
  payload?: { summary: string; severity: string; custom_details: { text: string } };
}

export function pages(stage: AlertStage): PagerEvent[] {
  return stage.pager.seen.map(({ body }) => JSON.parse(body) as PagerEvent);
}

/** Titles as Slack shows them. */
export function slackTitles(stage: AlertStage): string[] {
  return stage.slack.seen.map(
    ({ body }) => (JSON.parse(body) as { blocks: Array<{ text: { text: string } }> }).blocks[0]?.text.text ?? ''
  );
}

export function mailSubjects(stage: AlertStage): string[] {
  return stage.mail.seen.map(({ text }) => /^Subject: (.*)$/m.exec(text)?.[1] ?? '');
}
