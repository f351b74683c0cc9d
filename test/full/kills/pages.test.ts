import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { alertsOf } from '../../support/alert/alert-input.js';
import { everyKind, openPagingFront, type PagingFront } from '../../support/alert/paging-front.js';
import { politely } from '../../support/activities/rough-smtp.js';
import { kill } from '../../support/fire/moments.js';
import { until } from '../../support/until.js';
import type { AlertStatus } from '../../../src/plan/watch-status.js';

const everyChannel = { alerts: alertsOf({ channels: [...everyKind] }) };
const toldAll = ({ deliveries }: AlertStatus): boolean =>
  everyKind.every((name) =>
    deliveries.some(({ channel, kind, state }) => channel === name && kind === 'opened' && state === 'delivered')
  );
const reportsOf = ({ deliveries }: AlertStatus): unknown[] => deliveries.filter(({ kind }) => kind === 'channel-down');

/** Receivers that have a message and do not answer; gives what lets them answer again. */
function hold({ pager, slack, webhook, mail }: PagingFront): () => void {
  const takes = new Map([pager, slack, webhook].map((one) => [one, one.answer]));
  const waiting: Array<() => void> = [];
  for (const [one, take] of takes)
    one.answer = (request, response: ServerResponse) => void waiting.push(() => take(request, response));
  mail.answer = (command) => (command === 'DOT' ? undefined : politely(command));
  return () => {
    for (const [one, take] of takes) one.answer = take;
    mail.answer = politely;
    for (const answer of waiting) answer();
  };
}

const counts = ({ pager, slack, webhook, mail }: PagingFront): number[] =>
  [pager, slack, webhook, mail].map(({ seen }) => seen.length);

/** All that was told has the keys of one message. */
function expectOneMessage({ pager, webhook, mail }: PagingFront, { dedupKey }: AlertStatus): void {
  const keys = pager.seen.map(({ body }) => (JSON.parse(body) as { dedup_key: string }).dedup_key);
  expect(new Set(keys)).toEqual(new Set([dedupKey]));
  const opened = webhook.seen.filter(({ headers }) => String(headers['idempotency-key']).endsWith('/opened/1'));
  expect(new Set(opened.map(({ body }) => body)).size).toBe(1);
  const mails = mail.seen.filter(({ text }) => !text.includes('Subject: Channel'));
  expect(new Set(mails.map(({ text }) => /^Message-ID: (.*)$/m.exec(text)?.[1])).size).toBe(1);
}

describe('a page that goes out by all channels', () => {
  it('reaches each of them, by one key, when the worker is killed after they took it and before they answered', async () => {
    await using front = await openPagingFront();
    const letGo = hold(front);
    const worker = await front.startWorker();
    const alert = await front.start(everyChannel);
    await until('all four', () => counts(front).every((count) => count > 0));
    await kill(worker);
    letGo();
    await front.startWorker();
    const status = await alert.until('everybody has it', toldAll, 120_000);
    expect(reportsOf(status)).toEqual([]);
    expectOneMessage(front, status);
  });

  it('is no channel’s fault while no worker is there; whoever is down when one is back is reported, and has it later', async () => {
    await using front = await openPagingFront();
    const letGo = hold(front);
    await front.startWorker('workflows');
    const activities = await front.startWorker('activities');
    const alert = await front.start(everyChannel);
    await until('all four', () => counts(front).every((count) => count > 0));
    await kill(activities);
    letGo();
    const alone = await alert.until(
      'nobody',
      ({ deliveries }) => deliveries.filter(({ state }) => state === 'failing').length === everyKind.length,
      120_000
    );
    expect(reportsOf(alone)).toEqual([]);
    expect(new Set(alone.deliveries.map(({ reason }) => reason))).toEqual(
      new Set(['no worker of the environment told it in time'])
    );
    const take = front.pager.answer;
    front.pager.answer = (_, response) => response.writeHead(503).end('closed for today');
    await front.startWorker('activities');
    const reported = await alert.until('the report', (status) => reportsOf(status).length === 3, 120_000);
    expect(reported.deliveries).toContainEqual(
      expect.objectContaining({
        channel: 'pager',
        state: 'failing',
        reason: expect.stringContaining('channel pager: answered 503 closed for today') as string,
      })
    );
    front.pager.answer = take;
    const status = await alert.until('everybody has it', toldAll, 120_000);
    expectOneMessage(front, status);
  });

  it('reaches each of them, by one key, when Temporal is killed under it', async () => {
    await using front = await openPagingFront();
    const letGo = hold(front);
    await front.startWorker();
    const alert = await front.start(everyChannel);
    await until('all four', () => counts(front).every((count) => count > 0));
    await front.temporal.kill();
    letGo();
    await front.temporal.startAgain();
    const status = await alert.until('everybody has it', toldAll, 120_000);
    expect(reportsOf(status)).toEqual([]);
    expectOneMessage(front, status);
  });
});
