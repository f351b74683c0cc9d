import { describe, expect, it } from 'vitest';
import { alertsOf, news } from '../support/alert/alert-input.js';
import {
  mailSubjects,
  openAlertStage,
  pages,
  slackTitles,
  type Alert,
  type AlertStage,
  taken,
} from '../support/alert/alert-stage.js';
import { span } from '../support/stage/plans.js';
import { until } from '../support/until.js';

const everyChannel = { channels: ['pager', 'slack', 'mail'] };
/** So short that a recovery is told after 100 ms. */
const soon = { escalate: { after: span(500), to: ['executives'] } };

/** By a channel of its own for each level; the one of the warning has taken both messages. */
async function acknowledgedWarning(stage: AlertStage): Promise<Alert> {
  const alert = await stage.start({
    alerts: alertsOf({ channels: ['pager'] }, { channels: ['slack'] }),
    news: news('warning'),
  });
  await alert.acknowledge('erin');
  // What is newer takes the place of what a channel has not taken yet.
  await alert.until('the warning', ({ deliveries }) => deliveries.length === 2);
  return alert;
}

describe('an alert', () => {
  it('tells all channels of its level side by side, in the words of its template', async () => {
    await using stage = await openAlertStage();
    // None of them answers before all are asked.
    let asked = 0;
    let open = (): void => undefined;
    const all = new Promise<void>((resolve) => (open = resolve));
    const answer = (status: number) => async (): Promise<number> => {
      asked += 1;
      if (asked === 2) open();
      await all;
      return status;
    };
    stage.pager.answer = answer(202);
    stage.slack.answer = answer(200);
    const alert = await stage.start({
      alerts: alertsOf(everyChannel),
      news: news('critical', { context: { user: 'u-17' } }),
    });
    const status = await alert.until('three deliveries', ({ deliveries }) => deliveries.length === 3);
    expect(status).toMatchObject({
      state: 'firing',
      level: 'critical',
      title: 'CRITICAL: isolation is broken (3)',
      message: 'Affected user: u-17, tenant unknown',
      runbook: 'https://runbooks.example/isolation',
      dedupKey: `${alert.id}#01234567`,
    });
    expect(status.sentence).toMatch(
      /waits for operations to acknowledge \(phasegate alert ack .*\/isolation\); at .* it goes to executives\.$/
    );
    expect(status.deliveries.map(({ channel, kind, state }) => `${channel} ${kind} ${state}`).toSorted()).toEqual([
      'mail opened delivered',
      'pager opened delivered',
      'slack opened delivered',
    ]);
    expect(pages(stage)).toMatchObject([
      {
        event_action: 'trigger',
        dedup_key: status.dedupKey,
        payload: { summary: status.title, severity: 'critical' },
      },
    ]);
    expect(slackTitles(stage)).toEqual(['🔴 CRITICAL: isolation is broken (3)']);
    expect(stage.mail.seen).toMatchObject([{ to: ['ops@example.test'] }]);
  });

  it('is acknowledged by any person, told to whoever knew, and nobody is asked any more', async () => {
    await using stage = await openAlertStage();
    const alert = await stage.start({
      alerts: alertsOf({ ...everyChannel, ...soon, escalate: { after: span(60_000), to: ['executives'] } }),
    });
    await alert.until('it is told', ({ deliveries }) => deliveries.length === 3);
    await expect(alert.acknowledge('mallory')).rejects.toMatchObject({ cause: { type: 'PG204' } });
    expect(await alert.acknowledge('Erin')).toEqual({
      message: 'erin acknowledged it; everybody who was told of it is told',
      repeated: false,
    });
    expect(await alert.acknowledge('dana')).toEqual({ message: 'erin has acknowledged it', repeated: true });
    const status = await alert.until('that is told', ({ deliveries }) => deliveries.length === 6);
    expect(status).toMatchObject({ state: 'acknowledged', acknowledged: { by: 'erin' } });
    expect(pages(stage).map(({ event_action }) => event_action)).toEqual(['trigger', 'acknowledge']);
    expect(new Set(pages(stage).map(({ dedup_key }) => dedup_key)).size).toBe(1);
    expect(slackTitles(stage)[1]).toBe('🔴 Acknowledged by erin: CRITICAL: isolation is broken (3)');
  });

  it('whose page an incident shares says in its answer that that one calls people all the same', async () => {
    await using stage = await openAlertStage();
    const alert = await stage.start({
      alerts: alertsOf(everyChannel),
      news: news('critical', { page: 'everything' }),
    });
    const run = alert.input.run.workflowId.replace('migration/', '');
    const calls = `its incident calls people until that is acknowledged: phasegate incident list ${run}, then phasegate incident ack INCIDENT ${run}`;
    expect([await alert.acknowledge('erin'), await alert.acknowledge('dana')]).toEqual([
      { message: `erin acknowledged it; everybody who was told of it is told; ${calls}`, repeated: false },
      { message: `erin has acknowledged it; ${calls}`, repeated: true },
    ]);
  });

  it('takes an acknowledgement as a signal, and shows one that it cannot take', async () => {
    await using stage = await openAlertStage();
    const alert = await stage.start({ alerts: alertsOf(everyChannel) });
    // Signals that are there before the first task are handed over by name, not in the order in which they came.
    await alert.until('it is told', ({ deliveries }) => deliveries.length === 3);
    await alert.handle.signal('acknowledge', {});
    await alert.handle.signal('level', { level: 'awful' });
    await alert.handle.signal('silence', 'erin');
    const refusals = (await alert.until('the refusals', (status) => status.refusals.length === 3)).refusals;
    expect(refusals.map(({ message }) => message)).toEqual(['acknowledge', 'level', 'silence']);
    await alert.handle.signal('acknowledge', 'erin');
    await alert.until('the acknowledgement', ({ state }) => state === 'acknowledged');
  });

  it('goes to the next in line when nobody acknowledges, and reminds until somebody does', async () => {
    await using stage = await openAlertStage();
    const critical = { ...everyChannel, escalate: { after: span(400), to: ['executives'] }, remindEvery: span(2_000) };
    const alert = await stage.start({ alerts: alertsOf(critical) });
    await until('two reminders', () => mailSubjects(stage).filter((line) => line.startsWith('Reminder')).length >= 2);
    await alert.acknowledge('lee');
    const status = await alert.until('the acknowledgement', ({ state }) => state === 'acknowledged');
    expect(status.escalatedAt).toBeGreaterThanOrEqual(status.openedAt + 400);
    const title = 'CRITICAL: isolation is broken (3)';
    expect(mailSubjects(stage).slice(0, 4)).toEqual([
      title,
      `Escalation: ${title}`,
      `Reminder 1: ${title}`,
      `Reminder 2: ${title}`,
    ]);
    expect(stage.mail.seen.map(({ to }) => to).slice(0, 2)).toEqual([
      ['ops@example.test'],
      ['ops@example.test', 'exec@example.test'],
    ]);
    expect(pages(stage).every(({ dedup_key }) => dedup_key === status.dedupKey)).toBe(true);
  });

  it('is raised when a warning becomes critical: the critical route is told then, and must acknowledge anew', async () => {
    await using stage = await openAlertStage();
    const alert = await acknowledgedWarning(stage);
    expect(stage.pager.seen).toHaveLength(0);
    await alert.hear('critical');
    const status = await alert.until('the raise', ({ deliveries }) => deliveries.length === 3);
    expect(status).toMatchObject({ state: 'firing', level: 'critical' });
    expect(status.acknowledged).toBeUndefined();
    expect(status.deliveries.at(-1)).toMatchObject({ channel: 'pager', kind: 'raised', state: 'delivered' });
    expect(slackTitles(stage)).toEqual([
      '🟠 WARNING: isolation is 3',
      '🟠 Acknowledged by erin: WARNING: isolation is 3',
    ]);
  });

  it('tells that a warning lost its data, once, and must be acknowledged anew', async () => {
    await using stage = await openAlertStage();
    const alert = await acknowledgedWarning(stage);
    await alert.hear('no-data');
    const status = await alert.until('the loss', ({ deliveries }) => deliveries.length === 3);
    expect(status).toMatchObject({ state: 'firing', level: 'no-data' });
    expect(status.deliveries.at(-1)).toMatchObject({ channel: 'slack', kind: 'raised', state: 'delivered' });
    await alert.acknowledge('erin');
    await alert.until('the other acknowledgement', ({ deliveries }) => deliveries.length === 4);
    await alert.hear('warning');
    await alert.hear('no-data', { reason: 'the last one' });
    await alert.until('the last one', ({ reason }) => reason === 'the last one');
    expect(slackTitles(stage)).toEqual([
      '🟠 WARNING: isolation is 3',
      '🟠 Acknowledged by erin: WARNING: isolation is 3',
      '⚪ NO DATA: isolation cannot be measured',
      '⚪ Acknowledged by erin: NO DATA: isolation cannot be measured',
    ]);
  });

  it('tells the recovery to whoever knew, resolves the same incident, and ends', async () => {
    await using stage = await openAlertStage();
    // Nobody is next in line, so that nothing but what happens is told.
    const brief = { escalate: { after: span(500), to: [] }, remindEvery: span(60_000) };
    const alert = await stage.start({
      alerts: alertsOf({ channels: ['pager'], ...brief }, { channels: ['slack'], ...brief }),
      news: news('warning'),
    });
    const told = (count: number, channel: string): Promise<unknown> =>
      alert.until(`${count} for ${channel}`, (status) => taken(status, { channel }) >= count);
    // What is newer takes the place of what a channel has not taken yet.
    await told(1, 'slack');
    await alert.hear('critical');
    await told(1, 'pager');
    await alert.acknowledge('lee');
    await told(2, 'pager');
    await told(2, 'slack');
    await alert.hear('recovered', { reason: 'isolation is 0 again' });
    const status = await alert.handle.result();
    expect(status).toMatchObject({ state: 'closed', reason: 'isolation is 0 again' });
    expect(pages(stage).map(({ event_action }) => event_action)).toEqual(['trigger', 'acknowledge', 'resolve']);
    expect(new Set(pages(stage).map(({ dedup_key }) => dedup_key))).toEqual(new Set([status.dedupKey]));
    expect(slackTitles(stage).at(-1)).toMatch(/^✅ Recovered: /);
    await expect(alert.acknowledge('erin')).rejects.toThrow();
  });

  it('a Temporal cancel closes it and says that nobody watches', async () => {
    await using stage = await openAlertStage();
    const alert = await stage.start({ alerts: alertsOf(everyChannel) });
    await alert.until('it is told', ({ deliveries }) => deliveries.length === 3);
    await alert.handle.cancel();
    expect(await alert.handle.result()).toMatchObject({ state: 'closed', reason: 'the alert was cancelled' });
    expect(pages(stage).map(({ event_action }) => event_action)).toEqual(['trigger', 'resolve']);
    expect(mailSubjects(stage).at(-1)).toMatch(/^No longer watched: /);
  });

  it('is told by the key of the one before of its metric, and no message of it has the key of one of that', async () => {
    await using stage = await openAlertStage();
    const change = { planId: 'twice', alerts: alertsOf(everyChannel) };
    const first = await stage.start(change);
    await first.until('it is told', ({ deliveries }) => deliveries.length === 3);
    await first.handle.cancel();
    await first.handle.result();
    const next = await stage.start(change);
    await next.until('it is told', ({ deliveries }) => deliveries.length === 3);
    expect(new Set(pages(stage).map(({ dedup_key }) => dedup_key)).size).toBe(1);
    // A mail box that has this Message-ID already shows no other one.
    const ids = stage.mail.seen.map(({ text }) => /^Message-ID: (.*)$/m.exec(text)?.[1]);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(3);
  });

  it('without alerts in the plan, the own channels of the environment are told', async () => {
    await using stage = await openAlertStage();
    const { slack } = stage.channels;
    const alert = await stage.start();
    await alert.handle.terminate();
    const { environment } = alert.input;
    const plain = await stage.start({ environment: { ...environment, channels: [], notify: [slack] } });
    const status = await plain.until('it is told', ({ deliveries }) => deliveries.length === 1);
    expect(status.title).toBe('CRITICAL: isolation is 3');
    expect(status.message).toMatch(
      /^It has crossed its critical threshold\.\n\n- Metric: isolation \(Users seeing data of others\)\n/
    );
    expect(status.message).toContain('- Impact: trust is lost');
    expect(slackTitles(stage)).toEqual(['🔴 CRITICAL: isolation is 3']);
  });
});
