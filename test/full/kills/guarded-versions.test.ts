import { expect, it } from 'vitest';
import { PROMETHEUS_INSTALL } from '../../../demo/servers/prometheus.js';
import type { RunStatus } from '../../../src/plan/run-status.js';
import type { IncidentStatus } from '../../../src/plan/watch-status.js';
import { anotherBuild } from '../../support/fire/another-build.js';
import { until } from '../../support/fire/until.js';
import { needs } from '../../support/needs.js';
import { scratchFolder } from '../../support/servers/scratch.js';
import { guardOf, openBeside, untilClosed, waiting, type Waiting } from './beside-scene.js';
import { buildOf, buildsOf } from './builds.js';

/**
 * An incident is led and resolved, then a metric becomes critical and everything is taken back.
 *
 * @param meanwhile happens when guard and incident are at work, and nothing more has been said
 * @returns what two such runs have in common
 */
async function lead(one: Waiting, name: string, meanwhile?: () => Promise<void>): Promise<unknown> {
  const { front, run, part, say } = one;
  const typed = async (...words: string[]): Promise<void> => {
    const { code, text } = await say(...words);
    expect(code, text).toBe(0);
  };
  const first = (): Promise<IncidentStatus> => part('incident/1').query<IncidentStatus>('status');
  const id = run.workflowId;
  await typed('incident', 'declare', id, '--severity', '3', '--reason', 'agents are slow', '--as', 'erin', '--yes');
  await until(`the incident of ${name}`, async () => (await first()).state === 'open');
  await meanwhile?.();
  await typed('incident', 'note', '1', 'the pool is exhausted', id, '--as', 'lee');
  await typed('incident', 'resolve', '1', id, '--reason', 'pool enlarged', '--as', 'lee');
  one.gauge(0.5);
  const { kind, reason } = await front.ended(run);
  await untilClosed(part('guard'));
  await until(`the end of the alert of ${name}`, () =>
    Promise.resolve(one.told().some(({ alert }) => alert?.event === 'resolve'))
  );
  expect(await one.complaints({ end: 'rolled back' }, guardOf(front, name))).toEqual([]);
  const { guard, incidents = [], phases } = await run.query<RunStatus>('status');
  const { state, notes, resolution } = await first();
  const pages = one.told().map(({ kind: what, alert, incident }) => `${what} ${(alert ?? incident)?.event}`);
  const told = {
    outcome: [kind, reason.replace(/ at [\d-]+ [\d:]+Z/g, ' then')],
    phases: phases.map((phase) => [phase.id, phase.state]),
    guard: [guard?.state, guard?.starts],
    incidents: incidents.map(({ number, severity, title }) => [number, severity, title]),
    first: [state, notes.map(({ text }) => text), resolution?.verdict],
    // How often people are reminded, and who is told first, is a matter of the clock.
    pages: [...new Set(pages)].toSorted(),
  };
  return JSON.parse(JSON.stringify(told).replaceAll(name, 'NAME'));
}

it('guard and incident of one build live on while another is current, and the run ends as one that had one build', async () => {
  needs('prometheus', PROMETHEUS_INSTALL);
  await using calm = await openBeside(['calm']);
  await using scene = await openBeside(['versions']);
  const one = await waiting(scene, 'versions', 'success');
  const { front, run, part } = one;
  const begun = (await part('guard').describe()).runId;
  let fresh = '';
  const promote = async (): Promise<void> => {
    fresh = buildOf(await front.startWorker({ program: anotherBuild(scratchFolder()) }));
  };
  const undisturbed = waiting(calm, 'calm', 'success').then((other) => lead(other, 'calm'));
  const [ended, measure] = await Promise.all([lead(one, 'versions', promote), undisturbed]);
  expect(ended).toEqual(measure);

  const old = buildOf(scene.worker);
  expect(fresh).not.toBe(old);
  const handle = front.client.workflow.getHandle(`${run.workflowId}/guard`, begun);
  expect(await buildsOf(handle)).toEqual([old, fresh]);
  expect(await buildsOf(part('incident/1'))).toEqual([old, fresh]);
  expect(await buildsOf(part('incident/2'))).toEqual([fresh]);
  expect(await buildsOf(front.phase(run, '1a'))).toEqual([old]);
  expect(await buildsOf(run)).toEqual([old, fresh]);
});
