import { afterAll, beforeEach, expect, onTestFinished } from 'vitest';
import { PROMETHEUS_INSTALL } from '../../../demo/servers/prometheus.js';
import type { ServerProcess } from '../../../src/client/dev-server/index.js';
import type { TimeSpan } from '../../../src/plan/model.js';
import { openFront, type Front, type Run, type WorkerChoice } from '../../support/fire/front.js';
import type { Promised } from '../../support/fire/model/account.js';
import { complaints } from '../../support/fire/model/complaints.js';
import { playPeople, type People } from '../../support/fire/people.js';
import type { Manners } from '../../support/manners.js';
import { allTargets } from '../../support/fire/targets.js';
import { courseOf, twoPhases, type Undisturbed } from '../../support/fire/two-phases.js';
import { watchUndisturbed } from '../../support/fire/undisturbed.js';
import { needs } from '../../support/needs.js';

/** What the tests of a file share: one front, and one undisturbed run to hold all others against. */
export interface Scene {
  front: () => Front;
  /** A worker process that ends with the test. */
  worker: (choice?: WorkerChoice) => Promise<ServerProcess>;
  /** Starts a run of `twoPhases` with people around it. */
  begin: (name: string, options?: Beginning) => Promise<Run & { people: People }>;
  /** The run ended as completed, and the model agrees. */
  expectCompleted: (run: Run, name: string, promised?: Partial<Promised>, repeatable?: boolean) => Promise<void>;
  /** The run says that everything was taken back and verified, and the model agrees. */
  expectRolledBack: (run: Run, name: string) => Promise<void>;
}

interface Beginning {
  repeatable?: boolean;
  /** Of the first phase's window. */
  length?: TimeSpan;
  manners?: Manners;
}

/** Call it once in a test file, with the names that its runs have. */
export function setScene(names: readonly string[]): Scene {
  let opened: Front | undefined;
  let undisturbed: Undisturbed | undefined;
  beforeEach(async () => {
    needs('prometheus', PROMETHEUS_INSTALL);
    if (undisturbed) return;
    opened = await openFront(allTargets(['calm', ...names]));
    undisturbed = await watchUndisturbed(opened, 'calm');
  }, 480_000);
  afterAll(() => opened?.close());

  const front = (): Front => {
    if (!opened) throw new Error('the front is opened before the first test');
    return opened;
  };
  const judge = async (run: Run, name: string, promised: Promised, repeatable?: boolean): Promise<string[]> => {
    if (!undisturbed) throw new Error('there is no undisturbed run to compare with');
    const course = courseOf(name, undisturbed, repeatable);
    return complaints(course, await front().account(run, course), promised);
  };
  return {
    front,
    async worker(choice) {
      const started = await front().startWorker(choice);
      onTestFinished(() => started.stop());
      return started;
    },
    async begin(name, { repeatable, length, manners } = {}) {
      const run = await front().start(twoPhases(name, repeatable, length));
      const people = playPeople(front().temporal, run.workflowId, manners);
      onTestFinished(() => people.goHome());
      return Object.assign(run, { people });
    },
    async expectCompleted(run, name, promised = {}, repeatable) {
      expect(await front().ended(run)).toMatchObject({ kind: 'completed' });
      expect(await judge(run, name, { end: 'completed', ...promised }, repeatable)).toEqual([]);
    },
    async expectRolledBack(run, name) {
      expect(await front().ended(run)).toMatchObject({ kind: 'rolled-back-verified' });
      expect(await judge(run, name, { end: 'rolled back' })).toEqual([]);
    },
  };
}
