import { describe, expect, it, onTestFinished } from 'vitest';
import { alertsOf } from '../../support/alert/alert-input.js';
import { openAlertStage, pagerKey, pages } from '../../support/alert/alert-stage.js';
import { until } from '../../support/until.js';
import { Running } from '../cli/binary.js';

describe('a worker that is killed with SIGKILL when a page is out and it does not know yet', () => {
  it('the next one sends it again under the same key, so that it is one incident', { timeout: 120_000 }, async () => {
    await using stage = await openAlertStage({ withWorker: false });
    const startWorker = async (): Promise<Running> => {
      const args = ['worker', '--env', stage.environmentId, '--no-workflows', '--health-port', '0'];
      const running = new Running(args, { env: { PD_KEY: pagerKey } });
      onTestFinished(async () => {
        running.process.kill('SIGKILL');
        await running.ended;
      });
      await running.says('worker ready');
      return running;
    };
    const first = await startWorker();
    let count = 0;
    // PagerDuty has taken the first one, and its answer is never heard.
    stage.pager.answer = () => ((count += 1) === 1 ? new Promise<number>(() => undefined) : 202);
    const alert = await stage.start({ alerts: alertsOf({ channels: ['pager'] }) });
    await until('the page', () => pages(stage).length === 1);
    first.process.kill('SIGKILL');
    await first.ended;
    await startWorker();
    const status = await alert.until('the delivery', ({ deliveries }) => deliveries.length > 0, 60_000);
    expect(status.deliveries).toMatchObject([{ channel: 'pager', kind: 'opened', state: 'delivered' }]);
    const [before, after, ...more] = pages(stage);
    expect(more).toEqual([]);
    expect(after?.dedup_key).toBe(status.dedupKey);
    const { timestamp: _then, ...payload } = { timestamp: '', ...before?.payload };
    expect(after).toMatchObject({ ...before, payload });
  });
});
