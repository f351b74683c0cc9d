import { describe, expect, it } from 'vitest';
import { alertsOf, news } from '../support/alert/alert-input.js';
import { openAlertStage, pages, slackTitles, taken } from '../support/alert/alert-stage.js';
import { inBatches } from '../support/in-batches.js';
import { span } from '../support/stage/plans.js';

const quietly = {
  channels: ['pager', 'slack'],
  escalate: { after: span(600_000), to: ['executives'] },
  remindEvery: span(600_000),
};
const soon = { ...quietly, escalate: { after: span(1_500), to: [] } };

describe('no storm', () => {
  it(
    'a thousand signals that say what is known cost no message and no long history',
    { timeout: 120_000 },
    async () => {
      await using stage = await openAlertStage();
      const alert = await stage.start({ alerts: alertsOf(quietly) });
      await alert.until('it is told', ({ deliveries }) => deliveries.length === 2);
      const first = (await alert.handle.describe()).runId;
      await inBatches(1_000, 50, () => alert.hear('critical'));
      await alert.hear('critical', { reason: 'the last one' });
      const status = await alert.until('the last one', ({ reason }) => reason === 'the last one');
      expect(status).toMatchObject({ state: 'firing', deliveries: [{ state: 'delivered' }, { state: 'delivered' }] });
      expect(pages(stage)).toHaveLength(1);
      expect(slackTitles(stage)).toHaveLength(1);
      const now = await alert.handle.describe();
      expect(now.runId).not.toBe(first);
      expect(now.historyLength).toBeLessThan(3_000);
      const before = await stage.client.workflow.getHandle(alert.id, first).describe();
      expect(before.historyLength).toBeLessThan(3_000);
      // And what it was before it went on, it is still.
      await alert.acknowledge('erin');
      await alert.until('the acknowledgement', ({ deliveries }) => deliveries.length === 4);
      expect(new Set(pages(stage).map(({ dedup_key }) => dedup_key))).toEqual(new Set([status.dedupKey]));
    }
  );

  it('news back and forth are told once, and once that it is over', async () => {
    await using stage = await openAlertStage();
    // Never is it well for so long that it would be over.
    const lasting = { ...quietly, escalate: { after: span(600_000), to: [] } };
    const alert = await stage.start({ alerts: alertsOf(lasting, lasting) });
    for (let times = 0; times < 20; times += 1) {
      await alert.hear('recovered');
      await alert.hear(times % 2 === 0 ? 'warning' : 'critical');
    }
    await alert.hear('unwatched');
    expect((await alert.handle.result()).state).toBe('closed');
    expect(pages(stage).map(({ event_action }) => event_action)).toEqual(['trigger', 'resolve']);
    expect(slackTitles(stage)).toHaveLength(2);
  });

  it('ten metrics at once are ten alerts, each told once under a key of its own', async () => {
    await using stage = await openAlertStage();
    const metrics = Array.from({ length: 10 }, (_, index) => `metric_${index}`);
    const alerts = await Promise.all(
      metrics.map((metric) =>
        stage.start({ key: metric, metric, planId: 'ten', alerts: alertsOf(soon), news: news('critical') })
      )
    );
    await Promise.all(alerts.map((alert) => alert.until('it is told', ({ deliveries }) => deliveries.length === 2)));
    await Promise.all(alerts.map((alert) => alert.hear('recovered')));
    await Promise.all(alerts.map(({ handle }) => handle.result()));
    const keys = pages(stage).map(({ event_action, dedup_key }) => `${event_action} ${dedup_key}`);
    expect(keys.toSorted()).toEqual(
      alerts.flatMap(({ id }) => [`resolve ${id}#01234567`, `trigger ${id}#01234567`]).toSorted()
    );
  });

  it('opens again when bad news come while its end is still being told', async () => {
    await using stage = await openAlertStage();
    let letGo = (): void => undefined;
    const held = new Promise<number>((resolve) => (letGo = () => resolve(200)));
    stage.slack.answer = (_, count) => (count === 2 ? held : 200);
    const alert = await stage.start({ alerts: alertsOf(soon) });
    await alert.until('it is told', ({ deliveries }) => deliveries.length === 2);
    await alert.hear('recovered');
    await alert.until('its end', ({ state }) => state === 'closed');
    await alert.hear('critical');
    letGo();
    await alert.until('it is told again', (status) => taken(status, { kind: 'opened' }) === 4);
    await alert.hear('recovered');
    await alert.handle.result();
    expect(pages(stage).map(({ event_action }) => event_action)).toEqual(['trigger', 'resolve', 'trigger', 'resolve']);
  });

  it('replayed at every task, it says the same', { timeout: 120_000 }, async () => {
    await using stage = await openAlertStage({ cached: 0 });
    const alert = await stage.start({
      alerts: alertsOf({ ...soon, escalate: { after: span(1_000), to: ['executives'] } }),
    });
    await alert.until('the escalation', ({ escalatedAt }) => escalatedAt !== undefined, 40_000);
    await alert.acknowledge('erin');
    // What is newer takes the place of what a channel has not taken yet.
    await alert.until('the acknowledgement', (status) => taken(status, { kind: 'acknowledged' }) === 2, 40_000);
    await alert.hear('recovered');
    await alert.handle.result();
    expect(pages(stage).map(({ event_action }) => event_action)).toEqual([
      'trigger',
      'trigger',
      'acknowledge',
      'resolve',
    ]);
  });
});
