import type { Front } from './front.js';
import { kill } from './moments.js';
import { complaints } from './model/complaints.js';
import { playPeople } from './people.js';
import { targetsOf } from './targets.js';
import { courseOf, twoPhases, type Undisturbed } from './two-phases.js';

/**
 * Runs `twoPhases` undisturbed: what its targets recorded is what the disturbed runs of a test file are held against.
 *
 * @param name as for `twoPhases`
 */
export async function watchUndisturbed(front: Front, name: string): Promise<Undisturbed> {
  const worker = await front.startWorker();
  const run = await front.start(twoPhases(name));
  const people = playPeople(front.temporal, run.workflowId);
  try {
    const { kind, reason } = await front.ended(run);
    if (kind !== 'completed') throw new Error(`the undisturbed run ended as ${kind}: ${reason}`);
    const course = courseOf(name, { flag: [], deploy: [] });
    const account = await front.account(run, course);
    const pathOf = (target: string): string[] => account.states[target]?.map(({ state }) => state) ?? [];
    const { flag, service } = targetsOf(name)['1a'];
    const seen: Undisturbed = { flag: pathOf(`flag/${flag}`), deploy: pathOf(`deploy/${service}`) };
    // The two phases do the same to different targets, so the first of each kind tells the way of all.
    const wrong = complaints(courseOf(name, seen), account, { end: 'completed' });
    if (wrong.length > 0) throw new Error(`the undisturbed run is no measure: ${wrong.join('; ')}`);
    return seen;
  } finally {
    await people.goHome();
    await kill(worker);
  }
}
