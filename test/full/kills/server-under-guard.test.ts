import { describe, expect, it } from 'vitest';
import { PROMETHEUS_INSTALL } from '../../../demo/servers/prometheus.js';
import type { IncidentStatus } from '../../../src/plan/watch-status.js';
import { kill } from '../../support/fire/moments.js';
import { until } from '../../support/fire/until.js';
import { needs } from '../../support/needs.js';
import { guardOf, openBeside, untilClosed, waiting } from './beside-scene.js';

/** What lies behind these seconds is what they brought, whichever scrapes a busy machine misses. */
async function seconds(count: number, what: string): Promise<void> {
  const since = Date.now();
  await until(`${count} ${what} seconds`, () => Promise.resolve(Date.now() - since > count * 1000));
}

describe('SIGKILL of the Temporal server while a guard looks', () => {
  it.concurrent.for([
    { name: 'alone', workerDies: false },
    { name: 'both', workerDies: true },
  ])(
    'hides no breach that came and went before it is started again on the same database (the worker dies too: $workerDies)',
    async ({ name, workerDies }) => {
      needs('prometheus', PROMETHEUS_INSTALL);
      await using scene = await openBeside([name]);
      const one = await waiting(scene, name, 'success');
      const { front, run, part } = one;
      await front.temporal.kill();
      if (workerDies) await kill(scene.worker);
      one.gauge(0.5);
      await seconds(6, 'bad');
      one.gauge(1);
      await seconds(6, 'good');
      await front.temporal.startAgain();
      if (workerDies) await front.startWorker();

      const outcome = await front.ended(run);
      expect(outcome).toMatchObject({ kind: 'rolled-back-verified' });
      expect(outcome.reason).toContain(`${name} is beyond its critical threshold (< 80%): 50% at`);
      await untilClosed(part('guard'));
      expect(await one.complaints({ end: 'rolled back' }, guardOf(front, name))).toEqual([]);
      const incident = await part('incident/1').query<IncidentStatus>('status');
      expect(incident).toMatchObject({ severity: 1, source: 'guard', state: 'open' });
      expect(incident.rollback).toMatchObject({ reach: 'all', state: 'verified' });
      const pages = one.told().flatMap(({ alert, incident: of }) => (alert ?? of)?.page ?? []);
      expect(new Set(pages).size).toBe(1);
    }
  );
});
