import { describe, expect, it } from 'vitest';
import { NoAnswer } from '../../../src/client/connection/failures.js';
import type { Link } from '../../../src/client/connection/link.js';
import { listAlerts, type AlertList } from '../../../src/client/read/alerts.js';
import { alertsOf } from '../../support/alert/alert-input.js';
import { openAlertStage, pages, type Alert, type AlertStage } from '../../support/alert/alert-stage.js';
import { linkOf } from '../../support/stage/link.js';
import { resetBefore, scheduled } from '../../support/stage/reset.js';
import { until } from '../../support/until.js';
import { phasegate } from './binary.js';

const address = ({ id }: Alert): string => id.replace('migration/', '').replace('/alert/', '/');
const told = (alert: Alert) => alert.until('it is told', ({ deliveries }) => deliveries.length === 3);

function start(stage: AlertStage, key = 'isolation'): Promise<Alert> {
  return stage.start({ key, metric: key, alerts: alertsOf({ channels: ['pager', 'slack', 'mail'] }) });
}

/** The visibility store may be a moment behind. */
async function listed(alert: Alert, ...options: string[]): Promise<AlertList['alerts'][number]> {
  return until('the alert in the list', async () => {
    const { stdout } = await phasegate(['alert', 'list', '-o', 'json', ...options]);
    return (JSON.parse(stdout) as AlertList).alerts.find(({ workflowId }) => workflowId === alert.id);
  });
}

async function rowOf(alert: Alert, ...options: string[]): Promise<string | undefined> {
  const { stdout } = await phasegate(['alert', 'list', ...options]);
  return stdout.split('\n').find((line) => line.startsWith(address(alert)));
}

describe('phasegate alert', () => {
  it('lists what is open, and with --closed what is over', async () => {
    await using stage = await openAlertStage();
    const alert = await start(stage);
    await told(alert);
    expect(await listed(alert)).toMatchObject({
      address: address(alert),
      state: 'firing',
      status: { level: 'critical', title: 'CRITICAL: isolation is broken (3)' },
    });
    expect(await rowOf(alert)).toMatch(
      /critical +✖ firing +\d{4}-.*Z +CRITICAL: isolation is broken \(3\): isolation is critical$/
    );
    await alert.hear('unwatched', { reason: 'the run has ended' });
    await alert.handle.result();
    await until(
      'it left the list',
      async () => !(await phasegate(['alert', 'list', '-o', 'name'])).stdout.includes(address(alert))
    );
    expect(await listed(alert, '--closed')).toMatchObject({ state: 'closed' });
    expect(await rowOf(alert, '--closed')).toMatch(
      /✔ closed +\d{4}-.*Z +CRITICAL: isolation is broken \(3\): closed \d{4}-.*Z, the run has ended; acknowledged by nobody$/
    );
  });

  it('lists what is over whole while no worker answers, for it says so itself', async () => {
    await using stage = await openAlertStage();
    const [open, over] = [await start(stage, 'one'), await start(stage, 'other')];
    await told(open);
    await told(over);
    await over.hear('unwatched', { reason: 'the run has ended' });
    await over.handle.result();
    const silent: Link = { ...linkOf(stage), ask: (what) => Promise.reject(new NoAnswer(what)) };
    const [one, other] = await until('both in the list', async () => {
      const { alerts, workerAnswered } = await listAlerts(silent, { all: true });
      expect(workerAnswered).toBe(false);
      const [seen, last] = [open, over].map(({ id }) => alerts.find(({ workflowId }) => workflowId === id));
      return seen && last?.state === 'closed' && [seen, last];
    });
    expect(one).toMatchObject({ state: 'firing' });
    expect(one).not.toHaveProperty('status');
    expect(other).toMatchObject({ status: { state: 'closed', metric: 'other' } });
  });

  it('lists one that was reset once, as it stands now', async () => {
    await using stage = await openAlertStage();
    const alert = await start(stage);
    await told(alert);
    await resetBefore(stage.client, alert.handle, scheduled('tellChannel'));
    await alert.acknowledge('erin');
    const query = `WorkflowId = '${alert.id}'`;
    await until('both executions in the store', async () => (await stage.client.workflow.count(query)).count === 2);
    const run = { workflowId: alert.input.run.workflowId, runId: alert.input.run.runId };
    const { alerts } = await listAlerts(linkOf(stage), { all: true, run });
    expect(alerts).toMatchObject([{ state: 'acknowledged', status: { acknowledged: { by: 'erin' } } }]);
  });

  it('says who acknowledged one that is closed, which nobody closed but its metric', async () => {
    await using stage = await openAlertStage();
    const alert = await start(stage);
    await told(alert);
    await alert.acknowledge('erin');
    await listed(alert);
    expect(await rowOf(alert)).toContain('◷ acknowledged by erin');
    await alert.hear('unwatched', { reason: 'the run has ended' });
    await alert.handle.result();
    expect((await listed(alert, '--closed')).state).toBe('closed');
    expect(await rowOf(alert, '--closed')).toMatch(/✔ closed +\d.*, the run has ended; acknowledged by erin$/);
  });

  it('acknowledges the one that is meant, by run and metric, by an ending, or by its id', async () => {
    await using stage = await openAlertStage();
    for (const name of [address, ({ id }: Alert) => id]) {
      const alert = await start(stage);
      await told(alert);
      const { code, stdout } = await phasegate(['alert', 'ack', name(alert), '--as', 'erin', '--reason', 'on it']);
      expect([code, stdout]).toEqual([0, 'erin acknowledged it; everybody who was told of it is told\n']);
      expect((await alert.status()).acknowledged).toMatchObject({ by: 'erin' });
    }
    const alert = await start(stage, `m_${stage.environmentId.slice(2)}`);
    await listed(alert);
    const { code } = await phasegate(['alert', 'ack', alert.input.key, '--as', 'lee']);
    expect(code).toBe(0);
    const again = await phasegate(['alert', 'ack', address(alert), '--as', 'erin']);
    expect([again.code, again.stdout]).toEqual([0, 'lee has acknowledged it (it was so already)\n']);
    await until(
      'the pager knows',
      () => pages(stage).filter(({ event_action }) => event_action === 'acknowledge').length === 3
    );
  });

  it('says what to do when it cannot tell which one, or who asks', async () => {
    await using stage = await openAlertStage();
    const [one, another] = await Promise.all([start(stage), start(stage)]);
    await Promise.all([listed(one), listed(another)]);
    const several = await phasegate(['alert', 'ack', 'isolation']);
    expect(several).toMatchObject({ code: 2, stderr: expect.stringContaining('PG444') as string });
    expect(several.stderr).toContain(address(one));
    const none = await phasegate(['alert', 'ack', `${address(one)}-not`]);
    expect(none).toMatchObject({ code: 6, stderr: expect.stringContaining('PG443') as string });
    const stranger = await phasegate(['alert', 'ack', address(one), '--as', 'mallory']);
    expect(stranger).toMatchObject({ code: 7, stderr: expect.stringContaining('PG204') as string });
  });

  it('one that is closed, while its end is told, is refused', async () => {
    await using stage = await openAlertStage();
    const alert = await start(stage);
    await told(alert);
    let letGo = (): void => undefined;
    const held = new Promise<number>((resolve) => (letGo = () => resolve(200)));
    stage.slack.answer = () => held;
    await alert.hear('unwatched', { reason: 'the run has ended' });
    await alert.until('its end', ({ state }) => state === 'closed');
    const late = await phasegate(['alert', 'ack', address(alert), '--as', 'erin']);
    letGo();
    expect(late).toMatchObject({ code: 7, stderr: expect.stringContaining('PG445') as string });
    await alert.handle.result();
  });
});
