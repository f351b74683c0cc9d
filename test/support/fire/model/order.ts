import type { Account, Course, Promised } from './account.js';

interface Return {
  target: string;
  from: number;
  to: number;
}

/** Newest phase first; inside a phase exposure before everything else; each of the two in reverse of the plan. */
export function orderComplaints(course: Course, account: Account, promised: Promised): string[] {
  const undone = course.phases.filter(({ id }) => !(promised.kept ?? []).includes(id)).toReversed();
  const order = undone.flatMap(({ moves }) => [
    ...moves.filter(({ exposes }) => exposes).toReversed(),
    ...moves.filter(({ exposes }) => !exposes).toReversed(),
  ]);
  const returns = order.flatMap(({ target }) => wayBack(account, course, target));
  return returns.flatMap((back, index) => {
    const late = returns.slice(0, index).find((earlier) => earlier.to > back.from);
    return late ? [`${back.target} was undone before ${late.target}, which had to go first`] : [];
  });
}

/** When a target went back to its original state; nothing when it never left it. */
function wayBack(account: Account, course: Course, target: string): Return[] {
  const moments = account.states[target] ?? [];
  const last = moments.at(-1);
  if (moments.length < 2 || !last || last.state !== course.paths[target]?.[0]) return [];
  const command = account.commands.findLast(
    (run) => run.target === target && run.verb === 'undo' && run.startedAt <= last.at
  );
  return [{ target, from: command?.startedAt ?? last.at, to: last.at }];
}
