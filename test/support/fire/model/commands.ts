import type { Account, CommandRun, Course, Promised } from './account.js';

/** No command ran twice that must not, none ran again after it had done its work, no two worked on one target at once. */
export function commandComplaints(course: Course, account: Account, promised: Promised): string[] {
  const targets = [...new Set(account.commands.map(({ target }) => target))];
  return targets.flatMap((target) => {
    const runs = account.commands.filter((run) => run.target === target);
    const applies = runs.filter(({ verb }) => verb === 'apply');
    const allowed = 1 + (promised.askedAgain?.[target] ?? 0);
    return [
      ...(course.onceOnly.includes(target) ? onceOnly(target, applies, allowed) : []),
      ...againAfterItsEnd(target, runs),
      ...atOnce(target, runs),
      ...wrongWayBack(target, runs, course.paths[target]?.[0]),
    ];
  });
}

function onceOnly(target: string, applies: readonly CommandRun[], allowed: number): string[] {
  const keys = applies.map(({ key }) => key);
  const twice = keys.length !== new Set(keys).size;
  if (!twice && keys.length <= allowed) return [];
  return [`the command of ${target} must not run twice, but ran ${keys.length} times (${keys.join(', ')})`];
}

function againAfterItsEnd(target: string, runs: readonly CommandRun[]): string[] {
  return runs
    .filter((run, index) =>
      runs.slice(0, index).some((earlier) => earlier.key === run.key && earlier.endedAt !== undefined)
    )
    .map(({ verb, key }) => `${verb} of ${target} ran again under ${key} after it had done its work`);
}

function atOnce(target: string, runs: readonly CommandRun[]): string[] {
  return runs
    .filter((run, index) =>
      runs.slice(0, index).some(({ endedAt }) => endedAt !== undefined && endedAt > run.startedAt)
    )
    .map(({ verb, startedAt }) => `${verb} of ${target} began at ${startedAt} while another command still moved it`);
}

function wrongWayBack(target: string, runs: readonly CommandRun[], original: string | undefined): string[] {
  return runs
    .filter(({ verb, revision }) => verb === 'undo' && revision !== original)
    .map(
      ({ revision }) => `the original state of ${target} was forgotten: an undo went to ${revision}, not ${original}`
    );
}
