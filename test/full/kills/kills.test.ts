import { describe, expect, it, onTestFinished } from 'vitest';
import {
  kill,
  killCommand,
  untilAttempt,
  untilCompleted,
  untilEvent,
  untilNoted,
  untilSamples,
} from '../../support/fire/moments.js';
import { playPeople } from '../../support/fire/people.js';
import { agreeable, type Manners } from '../../support/manners.js';
import { targetsOf } from '../../support/fire/targets.js';
import { until } from '../../support/fire/until.js';
import { span } from '../../support/stage/plans.js';
import { setScene } from './scene.js';

const names = ['ends', 'adopted', 'again', 'held', 'done', 'undo', 'lost', 'between', 'server', 'both'];
const { front, worker, begin, expectCompleted, expectRolledBack } = setScene(names);

const service = (name: string): string => targetsOf(name)['1a'].service;
/** The first deployment that a rollback of everything undoes. */
const lastJobs = (name: string): string => targetsOf(name)['1b'].jobs;

describe('SIGKILL of the worker in the middle of a deployment command', () => {
  it('leaves the command at work; one that ends while no worker runs is not run again', async () => {
    const command = { verb: 'apply', target: service('ends'), when: 'before' } as const;
    front().ground.hold(command);
    const first = await worker();
    const run = await begin('ends');
    await untilNoted(front().ground, command, 'begin');
    await kill(first);
    front().ground.letGo(command);
    await untilNoted(front().ground, command, 'end');
    await worker();
    await expectCompleted(run, 'ends');
    expect(
      front()
        .ground.journal()
        .filter(({ target, what }) => target === command.target && what === 'begin')
    ).toHaveLength(1);
  });

  it('leaves a command that must not run twice at work; the next worker adopts it', async () => {
    const command = { verb: 'apply', target: service('adopted'), when: 'after' } as const;
    front().ground.hold(command);
    const first = await worker();
    const run = await begin('adopted', { repeatable: false });
    await untilNoted(front().ground, command, 'effect');
    await kill(first);
    await worker();
    await untilAttempt(front().phase(run, '1a'), 'applyChange', 2);
    front().ground.letGo(command);
    await expectCompleted(run, 'adopted', {}, false);
    expect(run.people.answered.filter((answer) => answer.startsWith('retry'))).toEqual([]);
  });

  it('and of the command: one that is declared repeatable runs again', async () => {
    const command = { verb: 'apply', target: service('again'), when: 'before' } as const;
    front().ground.hold(command);
    const first = await worker();
    const run = await begin('again');
    const begun = await untilNoted(front().ground, command, 'begin');
    await kill(first);
    killCommand(begun);
    front().ground.letGo(command);
    await worker();
    await expectCompleted(run, 'again');
  });

  it.each([
    { name: 'held', when: 'before', what: 'begin' },
    { name: 'done', when: 'after', what: 'effect' },
  ] as const)(
    'and of the command, $when its effect: one that must not run twice is on HOLD until a person says retry',
    async ({ name, when, what }) => {
      const command = { verb: 'apply', target: service(name), when } as const;
      front().ground.hold(command);
      const first = await worker();
      const manners: Manners = (gate) => (gate.kind === 'hold' ? 'retry' : agreeable(gate));
      const run = await begin(name, { repeatable: false, manners });
      const line = await untilNoted(front().ground, command, what);
      await kill(first);
      killCommand(line);
      front().ground.letGo(command);
      await worker();
      await expectCompleted(run, name, { askedAgain: { [`deploy/${command.target}`]: 1 } }, false);
      expect(run.people.answered).toContain('retry 1a/deploy#1');
      // After the effect there is nothing left to do: the second attempt finds the new revision and runs nothing.
      const runs = front()
        .ground.journal()
        .filter((one) => one.target === command.target && one.what === 'begin');
      expect(runs).toHaveLength(when === 'before' ? 2 : 1);
    }
  );
});

describe('SIGKILL of the worker during a rollback', () => {
  it.each([
    { name: 'undo', commandDies: false },
    { name: 'lost', commandDies: true },
  ])('undoes everything once, in reverse (the command dies with it: $commandDies)', async ({ name, commandDies }) => {
    const command = { verb: 'undo', target: lastJobs(name), when: 'before' } as const;
    front().ground.hold(command);
    const first = await worker();
    const atTheEnd: Manners = (gate) => (gate.address.startsWith('1b/approval') ? undefined : agreeable(gate));
    const run = await begin(name, { manners: atTheEnd });
    await until('the last approval', async () => {
      const gates = await front().phase(run, '1b').query<{ gates: unknown[] }>('status');
      return gates.gates.length > 0;
    });
    await run.signal('rollback', { by: 'dana', reason: 'a test says so' });
    const begun = await untilNoted(front().ground, command, 'begin');
    await kill(first);
    if (commandDies) killCommand(begun);
    front().ground.letGo(command);
    await worker();
    await expectRolledBack(run, name);
  });
});

describe('SIGKILL between two phases', () => {
  it('starts the second one once, when a worker is back', async () => {
    const first = await worker();
    const run = await begin('between', { manners: () => undefined });
    await until(
      'the approval',
      async () => (await front().phase(run, '1a').query<{ gates: unknown[] }>('status')).gates.length > 0
    );
    // A paused run begins no phase: so the kill falls between the two.
    await run.signal('pause', { by: 'dana' });
    await front().phase(run, '1a').signal('approve', { by: 'erin' });
    await untilEvent(run, 'the end of 1a', (event) => Boolean(event.childWorkflowExecutionCompletedEventAttributes));
    await kill(first);
    await worker();
    const people = playPeople(front().temporal, run.workflowId);
    onTestFinished(() => people.goHome());
    await run.signal('resume', { by: 'dana' });
    await expectCompleted(run, 'between');
  });
});

describe('SIGKILL of the Temporal server in the middle of a window', () => {
  // On a busy machine too it is open when the server dies.
  const length = span(30_000);

  it('costs no sample once it is started again on the same database', async () => {
    await worker();
    const run = await begin('server', { length });
    await untilSamples(front().phase(run, '1a'), 2);
    await front().temporal.kill();
    const killedAt = Date.now();
    await front().temporal.startAgain();
    await expectCompleted(run, 'server');
    expect(await untilCompleted(front().phase(run, '1a'), 'watchWindow')).toBeGreaterThan(killedAt);
  });

  it('and of the worker costs no sample either', async () => {
    const first = await worker();
    const run = await begin('both', { length });
    await untilSamples(front().phase(run, '1a'), 2);
    await Promise.all([front().temporal.kill(), kill(first)]);
    const killedAt = Date.now();
    await front().temporal.startAgain();
    await worker();
    await expectCompleted(run, 'both');
    expect(await untilCompleted(front().phase(run, '1a'), 'watchWindow')).toBeGreaterThan(killedAt);
  });
});
