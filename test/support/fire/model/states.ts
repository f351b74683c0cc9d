import type { Account, Course, Promised } from './account.js';

/** Each target went the undisturbed way, never back and forth, and stands where the run's end says. */
export function stateComplaints(course: Course, account: Account, promised: Promised): string[] {
  return course.phases.flatMap(({ id, moves }) =>
    moves.flatMap(({ target }) => {
      const path = course.paths[target];
      const states = account.states[target]?.map(({ state }) => state).filter(isAnother);
      if (!path || path.length < 2) return [`nobody knows how an undisturbed run moves ${target}`];
      if (!states || states.length === 0) return [`nothing was recorded of ${target}`];
      const stays = promised.end === 'completed' || (promised.kept ?? []).includes(id);
      return stays ? forward(target, path, states) : backAgain(target, path, states);
    })
  );
}

/** What was put where it stood already is no step of the way; whether it was allowed is asked elsewhere. */
function isAnother(state: string, index: number, states: readonly string[]): boolean {
  return state !== states[index - 1];
}

function forward(target: string, path: readonly string[], states: readonly string[]): string[] {
  const last = states.at(-1);
  const end = path.at(-1);
  const ended = last === end ? [] : [`${target} ended as ${last}, an undisturbed run leaves ${end}`];
  const way = states.join(' > ') === path.join(' > ') ? [] : wayComplaint(target, path, states);
  return [...ended, ...way];
}

/** Some way forward, perhaps none, and then straight back to the original state. */
function backAgain(target: string, path: readonly string[], states: readonly string[]): string[] {
  const [original = ''] = path;
  const last = states.at(-1) ?? '';
  if (last !== original) {
    const known = path.includes(last) ? `left at ${last}` : `put back to ${last}, which it never was`;
    return [`the original state of ${target} was forgotten: ${known}, it was ${original}`];
  }
  const there = states.slice(0, -1);
  const straight = states.length === 1 || there.every((state, index) => state === path[index]);
  return straight ? [] : wayComplaint(target, path, states);
}

function wayComplaint(target: string, path: readonly string[], states: readonly string[]): string[] {
  return [`${target} went ${states.join(' > ')}: something was applied twice or out of order (${path.join(' > ')})`];
}
