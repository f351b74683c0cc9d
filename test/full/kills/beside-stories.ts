import type { WorkflowHandle } from '@temporalio/client';
import { expect } from 'vitest';
import type { RunStatus } from '../../../src/plan/run-status.js';
import type { AlertStatus, IncidentStatus } from '../../../src/plan/watch-status.js';
import { bringBackLine } from '../../../src/plan/text/command-lines.js';
import { until } from '../../support/fire/until.js';
import type { BesidePlace } from './beside-places.js';
import {
  interfereBeside,
  untilBeating,
  untilClosed,
  waiting,
  type BesideAct,
  type BesideScene,
  type Told,
} from './beside-scene.js';
import { resetToLastTask } from './interfere.js';

type Story = (scene: BesideScene, act: BesideAct, name: string) => Promise<void>;

/** What must be true of each after somebody interfered with it, as the person on call sees it. */
export const stories: Record<BesidePlace, Story> = {
  guard: guarded,
  alert: (scene, act, name) => alerted(scene, act, name, { acknowledged: false }),
  'acknowledged alert': (scene, act, name) => alerted(scene, act, name, { acknowledged: true }),
  incident: (scene, act, name) => led(scene, act, name, { validating: false }),
  resolution: (scene, act, name) => led(scene, act, name, { validating: true }),
  'post-mortem': owed,
};

/** Whatever becomes of a guard, a breach from the first change on takes everything back and calls people once. */
async function guarded(scene: BesideScene, act: BesideAct, name: string): Promise<void> {
  const one = await waiting(scene, name, 'success');
  const { front, run, part } = one;
  expect(await one.status()).toMatch(/guard {2}Watches one metric every .*; all are well\./);
  await interfereBeside(front, act, part('guard'));
  one.gauge(0.5);
  const outcome = await front.ended(run);
  expect(outcome).toMatchObject({ kind: 'rolled-back-verified' });
  expect(outcome.reason).toContain(`${name} is beyond its critical threshold`);
  expect(await one.complaints({ end: 'rolled back' })).toEqual([]);
  // A reset is the same guard; any other end is told, and followed by another guard.
  const { guard } = await run.query<RunStatus>('status');
  expect(guard).toMatchObject({ state: 'ended', starts: act.startsWith('reset') ? 1 : 2 });
  await untilClosed(part('guard'));
  const called = one.told().filter(({ alert, incident }) => (alert ?? incident)?.event === 'trigger');
  expect(new Set(called.map(({ alert, incident }) => (alert ?? incident)?.page)).size).toBe(1);
}

/** One page for the alert of a metric, which is closed whatever somebody did to it; the next news open it again, as another message. */
async function alerted(
  scene: BesideScene,
  act: BesideAct,
  name: string,
  { acknowledged }: { acknowledged: boolean }
): Promise<void> {
  const one = await waiting(scene, name, 'success');
  const { front, run, part, say } = one;
  const alert = part(`alert/${name}`);
  const address = `${run.workflowId}/${name}`;
  const events = (event: string): Told[] => one.told().filter((told) => told.alert?.event === event);
  // A receiver that compares takes what has the same key for one message, and an escalation opens nothing.
  const openings = (): string[] => [
    ...new Set(events('trigger').flatMap(({ kind, dedupKey }) => (kind === 'alert' ? [dedupKey] : []))),
  ];
  const isSame = act.startsWith('reset');
  one.gauge(0.85);
  await until(`the call of ${name}`, async () => {
    const { deliveries } = await alert.query<AlertStatus>('status');
    return deliveries.some(({ state }) => state === 'delivered');
  });
  if (acknowledged) {
    expect(await say('alert', 'ack', address, '--as', 'erin')).toMatchObject({ code: 0 });
    await until(`the answer of ${name}`, async () => events('acknowledge').length > 0);
  }
  await interfereBeside(front, act, alert);
  if (act === 'cancel') await until(`the end of ${name}`, async () => events('resolve').length > 0);
  const { code, text } = await say('alert', 'ack', address, '--as', 'lee');
  expect(code, text).toBe(isSame ? 0 : 7);
  // Whoever was first has it still.
  if (isSame && acknowledged) expect(text).toContain('erin has acknowledged it');
  if (isSame) await until(`the answer of ${name}`, async () => events('acknowledge').length > 0);
  else
    await until(`${name} to be shown as closed`, async () =>
      / closed /.test((await say('alert', 'list', run.workflowId, '--closed')).text)
    );
  expect(openings()).toHaveLength(1);

  one.gauge(1);
  await until(`the recovery of ${name}`, async () => (await one.status()).includes('; all are well.'));
  await until(`the end of ${name}`, async () => events('resolve').length > 0);
  one.gauge(0.85);
  await until(`the next call of ${name}`, async () => openings().length === 2);
  expect(new Set(one.told().flatMap((told) => told.alert?.dedupKey ?? [])).size).toBe(1);
  expect(await say('alert', 'ack', address, '--as', 'lee')).toMatchObject({ code: 0 });

  expect(await say('approve', run.workflowId, '--as', 'lee', '--yes')).toMatchObject({ code: 0 });
  await one.completes();
  await untilClosed(alert);
  expect(one.told().findLast((told) => told.alert)?.alert?.event).toBe('resolve');
}

/** The run is held until the incident is resolved by what the metrics say, its page is ended, and nothing said is lost. */
async function led(
  scene: BesideScene,
  act: BesideAct,
  name: string,
  { validating }: { validating: boolean }
): Promise<void> {
  const one = await waiting(scene, name, name);
  const { front, run, part, say } = one;
  const id = run.workflowId;
  const first = part('incident/1');
  const statusOf = (handle: WorkflowHandle): Promise<IncidentStatus> => handle.query<IncidentStatus>('status');
  const events = (): string[] => one.told().flatMap(({ incident }) => incident?.event ?? []);
  const typed = async (...words: string[]): Promise<void> => {
    const { code, text } = await say(...words);
    expect(code, text).toBe(0);
  };
  // Inside its thresholds, and not inside its target: nothing is resolved before the metric is back.
  if (validating) one.gauge(0.92);
  await typed('incident', 'declare', id, '--severity', '2', '--reason', 'agents fail', '--as', 'erin', '--yes');
  await until(`the call of ${name}`, async () => events().includes('trigger'));
  await typed('incident', 'note', '1', 'the pool is exhausted', id, '--as', 'lee');
  if (validating) {
    await typed('incident', 'resolve', '1', id, '--reason', 'pool enlarged', '--no-watch', '--as', 'lee');
    await untilBeating(first, 'watchWindow');
  }
  const calls = (): number => events().filter((event) => event === 'trigger').length;
  const before = calls();
  await interfereBeside(front, act, first);

  const number = act === 'terminate' ? 2 : 1;
  const lead = part(`incident/${number}`);
  const isSame = ({ state, notes, reason }: IncidentStatus): boolean =>
    reason === (act === 'terminate' ? 'agents fail (incident/1 was ended from outside)' : 'agents fail') &&
    state === (validating ? 'acknowledged' : 'open') &&
    notes.some(({ text }) => text === 'the pool is exhausted');
  await until(`what was said of ${name}`, async () => isSame(await statusOf(lead)));
  if (act === 'terminate' && !validating) await until(`the next call of ${name}`, async () => calls() > before);
  const status = await one.status();
  expect(status).toContain(`held by incident/${number} `);
  expect(status.match(/incident\/\d severity 2, \w+/g)).toEqual([
    `incident/${number} severity 2, ${validating ? 'acknowledged' : 'open'}`,
  ]);
  await typed('approve', id, '--as', 'lee', '--yes');

  one.gauge(1);
  if (!validating) await typed('incident', 'resolve', String(number), id, '--reason', 'pool enlarged', '--as', 'lee');
  const { resolution } = await until(`the resolution of ${name}`, async () => {
    const now = await statusOf(lead);
    return now.state === 'resolved' && now;
  });
  await one.completes();
  expect((await front.ended(run)).endedAt).toBeGreaterThanOrEqual(resolution?.at ?? Infinity);
  await typed('incident', 'postmortem', String(number), id, '--link', 'https://wiki.example/1', '--as', 'lee');
  await untilClosed(lead);
  expect((await statusOf(lead)).state).toBe('closed');
  // People had one page, and its end was the last that was said of it.
  expect(new Set(one.told().flatMap(({ incident }) => incident?.page ?? [])).size).toBe(1);
  expect(events().findLast((event) => event !== 'none')).toBe('resolve');
}

/**
 * It is over and told: nobody is called again, the run is not held, and what was drafted can be read whatever became of
 * it. One that was terminated says that the post-mortem is owed still, and how it is brought back.
 */
async function owed(scene: BesideScene, act: BesideAct, name: string): Promise<void> {
  const one = await waiting(scene, name, name);
  const { run, part, say } = one;
  const id = run.workflowId;
  const incident = part('incident/1');
  const now = (): Promise<IncidentStatus> => incident.query<IncidentStatus>('status');
  const events = (): string[] => one.told().flatMap((told) => told.incident?.event ?? []);
  const owes = async (): Promise<string | undefined> => {
    const { state, postMortem } = await now();
    return state === 'resolved' ? postMortem.draft?.digest : undefined;
  };
  const typed = async (...words: string[]): Promise<string> => {
    const { code, text } = await say(...words);
    expect(code, text).toBe(0);
    return text;
  };
  await typed('incident', 'declare', id, '--severity', '2', '--reason', 'agents fail', '--as', 'erin', '--yes');
  await until(`the call of ${name}`, async () => events().includes('trigger'));
  await typed('incident', 'note', '1', 'the pool is exhausted', id, '--as', 'lee');
  await typed('incident', 'resolve', '1', id, '--reason', 'pool enlarged', '--no-watch', '--as', 'lee');
  await until(`the draft of ${name}`, owes);
  await until(`the reminder of ${name}`, async () => one.told().some(({ kind }) => kind === 'reminder'));
  await interfereBeside(one.front, act, incident);

  if (act === 'terminate') await untilClosed(incident);
  else await until(`what ${name} owes`, owes);
  expect(await typed('incident', 'draft', '1', id)).toContain('the pool is exhausted');
  const status = await one.status();
  expect(status).not.toContain('held by');
  const said = await say('incident', 'postmortem', '1', id, '--link', 'https://wiki.example/1', '--as', 'lee');
  expect(said.code, said.text).toBe(act === 'terminate' ? 7 : 0);
  if (act === 'terminate') {
    expect(said.text).toContain(`owed still; bring it back: ${bringBackLine(incident.workflowId)}`);
    expect(await typed('incident', 'list', id)).toMatch(/1 +2 +terminated/);
    await resetToLastTask(one.front, incident);
    await until(`what ${name} owes`, owes);
    await typed('incident', 'postmortem', '1', id, '--link', 'https://wiki.example/1', '--as', 'lee');
  }
  await untilClosed(incident);
  expect((await now()).state).toBe('closed');
  await typed('approve', id, '--as', 'lee', '--yes');
  await one.completes();
  expect(await typed('incident', 'list', id)).toMatch(/1 +2 +closed/);
  // Nobody was called for anything else, and what people were called for is over.
  expect(new Set(one.told().flatMap((told) => told.incident?.page ?? [])).size).toBe(1);
  expect(events().findLast((event) => event !== 'none')).toBe('resolve');
}
