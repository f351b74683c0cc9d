import type { Account, CommandRun, Course } from './account.js';

/**
 * Nothing was applied twice: no target was put into a state in which it stood already. Two repeats of a command are
 * allowed, since nobody who behaves well can avoid them:
 *
 * 1. Whoever ran a command was killed together with it behind its effect. Its reply was lost, so nobody can know that it
 *    had done its work; where the plan says that it may run twice, or it is an undo, it runs again.
 * 2. A deployment that began and never ended is undone. Half deployed, a target may report its old revision still, which
 *    proves nothing; so the undo runs although that revision seems to be there.
 *
 * No repeat of a flag is allowed, not even when the reply to its write was lost: a flag is read before it is written,
 * and the reading tells that the write was done.
 */
export function repeatComplaints(course: Course, { commands, idleWrites, states }: Account): string[] {
  const flags = idleWrites.map((at) => `the flags were written at ${at} as they stood already: applied twice`);
  const twice = course.phases.flatMap(({ moves }) =>
    moves.flatMap(({ target }) => {
      const runs = commands.filter((run) => run.target === target);
      const repeated = (states[target] ?? []).filter(({ state }, index, all) => state === all[index - 1]?.state);
      return repeated
        .filter(({ at }) => !isAllowed(runs, at, course.onceOnly.includes(target)))
        .map(
          ({ state, at }) => `${target} was put into ${state} again at ${at}, where it stood already: applied twice`
        );
    })
  );
  return [...flags, ...twice];
}

/** @param runs the commands of one target, in the order in which they began */
function isAllowed(runs: readonly CommandRun[], at: number, isOnceOnly: boolean): boolean {
  const index = runs.findIndex(({ effectAt }) => effectAt === at);
  const again = runs[index];
  if (!again) return false;
  const earlier = runs.slice(0, index);
  const before = earlier.findLast(({ effectAt }) => effectAt !== undefined);
  const replyWasLost = before?.verb === again.verb && before.endedAt === undefined;
  if (again.verb === 'apply') return replyWasLost && !isOnceOnly;
  const halfDeployed = earlier.at(-1)?.verb === 'apply' && earlier.at(-1)?.endedAt === undefined;
  return replyWasLost || halfDeployed;
}
