import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { politely, serveRoughly } from '../support/activities/rough-smtp.js';
import { alertsOf, news } from '../support/alert/alert-input.js';
import { openAlertStage, pages, slackTitles } from '../support/alert/alert-stage.js';
import { inBatches } from '../support/in-batches.js';
import { span } from '../support/stage/plans.js';
import { until } from '../support/until.js';

const everyChannel = { channels: ['pager', 'slack', 'mail'] };
const soon = { ...everyChannel, escalate: { after: span(500), to: [] }, remindEvery: span(600_000) };
const quietly = {
  channels: ['pager', 'slack'],
  escalate: { after: span(600_000), to: ['executives'] },
  remindEvery: span(600_000),
};

function dribble(socket: Socket): void {
  const timer = setInterval(() => socket.write('250-rough\r\n'), 3_000);
  socket.once('close', () => clearInterval(timer));
}

describe('a channel that is down for longer than half a minute', () => {
  it('is reported, tried patiently, and has it when it is back', { timeout: 120_000 }, async () => {
    await using stage = await openAlertStage();
    let isBack = false;
    stage.pager.answer = () => (isBack ? 202 : 503);
    const alert = await stage.start({ alerts: alertsOf(everyChannel) });
    const failing = await alert.until(
      'the report',
      ({ deliveries: all }) => all.some(({ kind }) => kind === 'channel-down'),
      60_000
    );
    expect(failing.deliveries).toContainEqual(
      expect.objectContaining({ channel: 'pager', kind: 'opened', state: 'failing' })
    );
    expect(failing.sentence).toContain('pager did not take it yet and is tried again.');
    isBack = true;
    await alert.until(
      'the pager has it',
      ({ deliveries: all }) =>
        all.some(({ channel, kind, state }) => channel === 'pager' && kind === 'opened' && state === 'delivered'),
      60_000
    );
  });

  it.each([
    [
      'answers nothing more in the middle of a mail',
      (command: string) => (command === 'DATA' ? undefined : politely(command)),
    ],
    [
      'says something every few seconds, and never comes to an end',
      (command: string) => (command.startsWith('EHLO') ? dribble : politely(command)),
    ],
  ])('a mail server that %s is such a channel', { timeout: 120_000 }, async (_, turn) => {
    await using stage = await openAlertStage();
    await using rough = await serveRoughly(turn);
    const { pager, slack, mail } = stage.channels;
    const channels = [pager, slack, { ...mail, smtp: rough.smtp }];
    const alert = await stage.start({ alerts: alertsOf(everyChannel), channels });
    const status = await alert.until(
      'the report',
      ({ deliveries: all }) => all.filter(({ kind }) => kind === 'channel-down').length === 2,
      90_000
    );
    expect(status.deliveries.find(({ channel }) => channel === 'mail')).toMatchObject({
      kind: 'opened',
      state: 'failing',
      reason: expect.stringContaining('channel mail: ') as string,
    });
  });

  it('does not hear of it any more when it is over: the end takes its place', { timeout: 120_000 }, async () => {
    await using stage = await openAlertStage();
    let isBack = false;
    stage.pager.answer = () => (isBack ? 202 : 503);
    const alert = await stage.start({ alerts: alertsOf(soon) });
    await alert.until('the report', ({ deliveries: all }) => all.some(({ kind }) => kind === 'channel-down'), 60_000);
    await alert.hear('recovered');
    const { deliveries } = await alert.until('the end of the trial', ({ deliveries: all }) =>
      all.some(({ channel, state }) => channel === 'pager' && state === 'given up')
    );
    expect(deliveries).toContainEqual(
      expect.objectContaining({ channel: 'pager', kind: 'opened', state: 'given up', reason: 'overtaken by recovered' })
    );
    isBack = true;
    const status = await alert.handle.result();
    expect(pages(stage).at(-1)).toMatchObject({ event_action: 'resolve', dedup_key: status.dedupKey });
  });

  it(
    'takes everything and answers nothing: whatever is said meanwhile, its resolve is the last',
    { timeout: 180_000 },
    async () => {
      await using stage = await openAlertStage();
      const never = new Promise<number>(() => undefined);
      let isBack = false;
      stage.pager.answer = () => (isBack ? 202 : never);
      stage.slack.answer = () => 400;
      const alert = await stage.start({
        alerts: alertsOf({ ...soon, escalate: { after: span(500), to: ['executives'] } }),
      });
      await alert.until('the escalation', ({ escalatedAt }) => escalatedAt !== undefined);
      await alert.acknowledge('erin');
      const hasActed = (action: string) => (): boolean =>
        pages(stage).some(({ event_action }) => event_action === action);
      await until('the acknowledgement', hasActed('acknowledge'));
      await alert.hear('recovered');
      await until('the resolve', hasActed('resolve'));
      isBack = true;
      await alert.handle.result();
      const actions = pages(stage).map(({ event_action }) => event_action);
      const order = actions.filter((action, index) => action !== actions[index - 1]);
      expect(order).toEqual(['trigger', 'acknowledge', 'resolve']);
      expect(new Set(pages(stage).map(({ dedup_key }) => dedup_key)).size).toBe(1);
    }
  );

  it('is tried by the next execution, with what is true then', { timeout: 180_000 }, async () => {
    await using stage = await openAlertStage();
    let isBack = false;
    stage.pager.answer = () => (isBack ? 202 : 503);
    const alert = await stage.start({ alerts: alertsOf(quietly, quietly), news: news('warning') });
    const first = (await alert.handle.describe()).runId;
    const flood = (): Promise<void> => inBatches(600, 50, () => alert.hear('warning'));
    await flood();
    // It waits with going on until the pager is tried patiently only.
    await alert.hear('critical');
    const raised = await alert.until(
      'the next execution',
      ({ runId, level, deliveries }) =>
        runId !== first &&
        level === 'critical' &&
        deliveries.some(({ kind, state }) => kind === 'raised' && state === 'delivered'),
      90_000
    );
    isBack = true;
    const status = await alert.until(
      'the pager has it',
      ({ deliveries }) =>
        deliveries.some(
          ({ channel, kind, state }) => channel === 'pager' && kind === 'raised' && state === 'delivered'
        ),
      60_000
    );
    expect(status.dedupKey).toBe(raised.dedupKey);
    expect(slackTitles(stage).filter((title) => title.includes('CRITICAL'))).toHaveLength(1);
    expect(pages(stage).at(-1)).toMatchObject({
      event_action: 'trigger',
      dedup_key: status.dedupKey,
      payload: { severity: 'critical' },
    });
  });

  it(
    'says of another one that it is down in the next execution, when it is back itself',
    { timeout: 180_000 },
    async () => {
      await using stage = await openAlertStage();
      let isBack = false;
      stage.pager.answer = () => 400;
      stage.slack.answer = () => (isBack ? 200 : 503);
      const { pager, slack } = stage.channels;
      const alert = await stage.start({ alerts: alertsOf(quietly), channels: [pager, slack] });
      const first = (await alert.handle.describe()).runId;
      await inBatches(600, 50, () => alert.hear('critical'));
      await alert.until('the next execution', ({ runId }) => runId !== first, 90_000);
      isBack = true;
      await alert.until(
        'the report',
        ({ deliveries: all }) =>
          all.some(
            ({ channel, kind, state }) => channel === 'slack' && kind === 'channel-down' && state === 'delivered'
          ),
        60_000
      );
      const reports = slackTitles(stage).filter((title) => title.endsWith('Channel pager does not take alerts'));
      expect(reports).toHaveLength(1);
    }
  );
});
