import { describe, expect, it } from 'vitest';
import { politely, serveRoughly } from '../support/activities/rough-smtp.js';
import { alertsOf } from '../support/alert/alert-input.js';
import { mailSubjects, openAlertStage, pages, slackTitles, taken, type Alert } from '../support/alert/alert-stage.js';
import type { AlertStatus } from '../../src/plan/watch-status.js';
import { span } from '../support/stage/plans.js';

const everyChannel = { channels: ['pager', 'slack', 'mail'] };

async function deliveries(alert: Alert): Promise<string[]> {
  return (await alert.status()).deliveries.map(({ channel, kind, state }) => `${channel} ${kind} ${state}`);
}

describe('a channel that does not take an alert', () => {
  it('is tried again while the others have it already, and then has it too', async () => {
    await using stage = await openAlertStage();
    let isBusy = true;
    stage.pager.answer = (_, count) => (isBusy || count < 3 ? 503 : 202);
    const alert = await stage.start({ alerts: alertsOf(everyChannel) });
    await alert.until('the others have it', (status) => status.deliveries.length === 2 && pages(stage).length > 0);
    expect((await deliveries(alert)).toSorted()).toEqual(['mail opened delivered', 'slack opened delivered']);
    isBusy = false;
    await alert.until('the pager has it', (status) => status.deliveries.length === 3);
    expect(pages(stage).length).toBeGreaterThanOrEqual(3);
    expect(new Set(pages(stage).map(({ dedup_key }) => dedup_key)).size).toBe(1);
  });

  it('that refuses for good is reported by the others, once, whatever comes after', async () => {
    await using stage = await openAlertStage();
    stage.pager.answer = () => 400;
    const alert = await stage.start({ alerts: alertsOf(everyChannel) });
    const down = 'Channel pager does not take alerts';
    const status = await alert.until(
      'the report',
      ({ deliveries: all }) => all.filter(({ kind }) => kind === 'channel-down').length === 2
    );
    expect(status.deliveries.find(({ channel }) => channel === 'pager')).toMatchObject({
      state: 'given up',
      reason: expect.stringContaining('channel pager: answered 400') as string,
    });
    await alert.acknowledge('erin');
    await alert.until(
      'the acknowledgement',
      ({ deliveries: all }) => all.filter(({ kind }) => kind === 'acknowledged').length === 3
    );
    expect(slackTitles(stage).map((title) => title.replace('🔴 ', ''))).toEqual([
      'CRITICAL: isolation is broken (3)',
      down,
      'Acknowledged by erin: CRITICAL: isolation is broken (3)',
    ]);
    expect(mailSubjects(stage).filter((subject) => subject === down)).toHaveLength(1);
  });

  it('is no reason not to tell: where no channel of the level works, every other one of the environment does', async () => {
    await using stage = await openAlertStage();
    stage.pager.answer = () => 400;
    const alert = await stage.start({ alerts: alertsOf({ channels: ['pager'] }) });
    await alert.until('the others have it', (status) => taken(status, { kind: 'opened' }) === 3);
    expect(slackTitles(stage)).toContain('🔴 CRITICAL: isolation is broken (3)');
    await alert.until(
      'the report',
      ({ deliveries: all }) => all.filter(({ kind }) => kind === 'channel-down').length === 3
    );
  });

  it('is not told of behind a resolve, which would open the page again', async () => {
    await using stage = await openAlertStage();
    let answer = (): void => undefined;
    const held = new Promise<number>((resolve) => (answer = () => resolve(202)));
    stage.slack.answer = () => 400;
    stage.pager.answer = (_, count) => (count === 1 ? held : 202);
    const soon = { ...everyChannel, escalate: { after: span(500), to: [] } };
    const alert = await stage.start({ alerts: alertsOf(soon) });
    await alert.until('the report', ({ deliveries: all }) => all.some(({ kind }) => kind === 'channel-down'));
    await alert.hear('recovered');
    await alert.until('the end', ({ state }) => state === 'closed');
    answer();
    await alert.handle.result();
    expect(pages(stage).map(({ event_action }) => event_action)).toEqual(['trigger', 'resolve']);
  });

  it('a mail server that takes a mail for one and not yet for another has it once for each', async () => {
    await using stage = await openAlertStage();
    let refused = 0;
    await using mail = await serveRoughly((command) =>
      command === 'RCPT TO:<ops@example.test>' && (refused += 1) < 3 ? '451 greylisted' : politely(command)
    );
    const channel = { ...stage.channels.mail, smtp: mail.smtp, to: ['oncall@example.test'] };
    const alert = await stage.start({ alerts: alertsOf({ channels: ['mail'] }), channels: [channel] });
    await alert.until('it has it', ({ deliveries: all }) => all.some(({ state }) => state === 'delivered'));
    expect(mail.seen.map(({ to }) => to)).toEqual([['oncall@example.test'], ['ops@example.test']]);
  });

  it('that the environment does not have is reported by the others, once, as one that takes nothing', async () => {
    await using stage = await openAlertStage();
    const alert = await stage.start({ alerts: alertsOf({ channels: ['slack', 'phone'] }), reportsMissing: true });
    const told = (kind: string): Promise<AlertStatus> =>
      alert.until(kind, ({ deliveries: all }) => all.some((one) => one.kind === kind && one.state === 'delivered'));
    const status = await told('channel-down');
    expect(status.deliveries).toContainEqual(
      expect.objectContaining({ channel: 'phone', state: 'given up', reason: 'the environment has no such channel' })
    );
    await alert.acknowledge('erin');
    await told('acknowledged');
    expect(slackTitles(stage).map((title) => title.replace('🔴 ', ''))).toEqual([
      'CRITICAL: isolation is broken (3)',
      'Channel phone does not take alerts',
      'Acknowledged by erin: CRITICAL: isolation is broken (3)',
    ]);
  });

  it('that the environment does not have is said in the status alone where an earlier build began the alert', async () => {
    await using stage = await openAlertStage();
    const alert = await stage.start({ alerts: alertsOf({ channels: ['slack', 'phone'] }) });
    await alert.until('both', ({ deliveries: all }) => all.length === 2);
    await alert.acknowledge('erin');
    await alert.until('the answer', ({ deliveries: all }) => all.some(({ kind }) => kind === 'acknowledged'));
    expect(slackTitles(stage)).not.toContain('🔴 Channel phone does not take alerts');
  });
});
