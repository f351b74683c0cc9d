import { afterAll, beforeEach, describe, it } from 'vitest';
import { PROMETHEUS_INSTALL } from '../../../demo/servers/prometheus.js';
import { runName } from '../../../src/plan/text/command-lines.js';
import { openFront, type Front, type Run } from '../../support/fire/front.js';
import { complaints } from '../../support/fire/model/complaints.js';
import { playPeople } from '../../support/fire/people.js';
import { until } from '../../support/fire/until.js';
import { needs } from '../../support/needs.js';
import { allTargets, targetsOf } from '../../support/fire/targets.js';
import { actsAt, interfere, leavesSomething, needsRollback, promisedAfter } from './interfere.js';
import { longWay, longWayCourse, places } from './long-way.js';
import { letGo, mannersAt, pauses, prepare, reach, resume } from './reach.js';
import { type, typeRollback } from './type.js';
import { wayTo } from './way-to.js';

const pairs = places.flatMap((place) => actsAt(place).map((act) => ({ act, place })));
const cases = pairs.map(
  ({ act, place }, index) => [`${act}, at ${place}`, { act, place, name: `case${index}` }] as const
);

let opening: Promise<{ front: Front; flag: string[] }> | undefined;

/** One Temporal server, one worker and one undisturbed run for all cases. */
async function open(): Promise<{ front: Front; flag: string[] }> {
  const front = await openFront(allTargets(['calm', ...cases.map(([, { name }]) => name)]));
  await front.startWorker();
  const run = await front.start(longWay('calm', front.ground));
  const people = playPeople(front.temporal, run.workflowId);
  await front.ended(run);
  await people.goHome();
  const course = longWayCourse('calm', []);
  const account = await front.account(run, course);
  const flag = account.states[`flag/${targetsOf('calm')['1b'].flag}`]?.map(({ state }) => state) ?? [];
  const wrong = complaints(longWayCourse('calm', flag), account, { end: 'completed' });
  if (wrong.length > 0 || flag.length !== 3) throw new Error(`the undisturbed run is no measure: ${wrong.join('; ')}`);
  return { front, flag };
}

beforeEach(async () => {
  needs('prometheus', PROMETHEUS_INSTALL);
  await (opening ??= open());
}, 240_000);
afterAll(async () => (await opening)?.front.close());

describe('a plain Temporal client', () => {
  it.concurrent.for(cases)(
    'that does this leaves what the run promises: %s',
    async ([, { act, place, name }], { expect, onTestFinished }) => {
      const { front, flag } = await (opening ?? open());
      prepare(front, name, place);
      const run = await front.start(wayTo(place, name, front.ground));
      let over = false;
      let paused = false;
      const people = playPeople(
        front.temporal,
        run.workflowId,
        mannersAt(place, { over: () => over, paused: () => paused })
      );
      onTestFinished(() => people.goHome());
      const { typed } = await reach(front, run, name, place, () => (paused = true));
      await interfere(front, run, act, place);
      over = true;
      letGo(front, name);
      if (pauses.includes(place)) await resume(front, run);
      const answer = await typed;
      // Whoever waits for a rollback that is ended hears that it is not verified.
      expect(answer?.code, answer?.text).toBe(answer && (needsRollback(act, place) ? 9 : 4));
      await untilClosed(front, run);
      const promised = promisedAfter(act, place);
      // Whoever looks in the middle of the night has only this.
      const words = await lastWords(front, run);
      // A reset run completes where it has begun its last phase.
      const completed = place !== 'pause between phases' && /^completed: /m.test(words);
      expect(words.includes(`phasegate rollback ${runName(run.workflowId)}`), words).toBe(
        needsRollback(act, place) ? !completed : leavesSomething(promised)
      );
      const course = longWayCourse(name, flag);
      if (needsRollback(act, place)) {
        const { code, text } = await typeRollback(front, run.workflowId);
        expect(text).toMatch(/rolled back, verified/i);
        expect(code, text).toBe(4);
      } else if (!typed) expect(promised.outcomes).toContain((await front.ended(run)).kind);
      expect(complaints(course, await front.account(run, course), promised)).toEqual([]);
    }
  );
});

/** What the command line says when nothing of the run is at work any more. */
function lastWords(front: Front, run: Run): Promise<string> {
  return until(`the last words on ${run.workflowId}`, async () => {
    const { text } = await type(front, 'status', run.workflowId);
    return /^(completed|failed|rolled back, (NOT )?verified): /m.test(text) && text;
  });
}

/** The newest execution of the run has closed: a reset leaves another one in the place of the first. */
function untilClosed(front: Front, run: Run): Promise<unknown> {
  return until(`the end of ${run.workflowId}`, async () => {
    const { status } = await front.client.workflow.getHandle(run.workflowId).describe();
    return status.name !== 'RUNNING' && status.name;
  });
}
