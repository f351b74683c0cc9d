import type { Account, Answer, Course, GuardCourse, GuardRecord } from './account.js';
import { stepOf } from './samples.js';

/** What a guard is judged by. */
type Watched = Pick<Account, 'guards' | 'answers' | 'windows' | 'states'>;

/**
 * A guard looks at every instant of its grid, from the first change on: no blind gap, whatever died meanwhile. And what it
 * saw counts once: a metric becomes critical at the very instant at which its source says so.
 */
export function lookComplaints({ guard: course }: Pick<Course, 'guard'>, account: Watched): string[] {
  const { guards, answers } = account;
  if (course && guards.length === 0) return ['nothing was kept of what the guard of this run saw'];
  const inTime = course ? [...beginComplaints(account), ...endComplaints(course, account)] : [];
  if (!answers) return inTime;
  return [
    ...inTime,
    ...guards.flatMap((guard) => gaps(guard, answers)),
    ...(course ? guards.flatMap((guard) => miscounts(course, guard, answers)) : []),
  ];
}

function beginComplaints({ guards, states }: Watched): string[] {
  const begun = Math.min(...guards.map(({ t0 }) => t0));
  const moves = Object.entries(states).flatMap(([target, [, first]]) => (first ? [{ target, at: first.at }] : []));
  const early = moves.find(({ at }) => at < begun);
  return early ? [`the guard began at ${begun}, and ${early.target} was moved before that, at ${early.at}`] : [];
}

function endComplaints({ until }: GuardCourse, { guards, windows }: Watched): string[] {
  if (until === undefined) return [];
  const last = Math.max(...guards.map(({ looks }) => looks.at(-1)?.at ?? 0));
  const begun = windows.findLast(({ address }) => stepOf(address) === until)?.t0;
  if (begun === undefined) return [`no window ${until} began, at which the guard still watches`];
  return last < begun ? [`the guard looked at ${last} for the last time, before ${until} began at ${begun}`] : [];
}

function gaps({ t0, everyMs, looks }: GuardRecord, answers: readonly Answer[]): string[] {
  const asked = new Set(answers.map(({ query, at }) => `${at} ${query}`));
  const beside = looks.find(({ at }, k) => at !== t0 + k * everyMs);
  return [
    ...(beside ? [`the guard judged ${beside.at}, which is not the next instant of its grid`] : []),
    ...looks.flatMap(({ at, queries }) =>
      queries
        .filter((query) => !asked.has(`${at} ${query}`))
        .map((query) => `the guard was blind at ${at}: its source was never asked for ${query}`)
    ),
  ];
}

/** Judged twice, a bad instant would make a metric critical too early; lost, too late or never. */
function miscounts({ inARow, criticalBelow }: GuardCourse, guard: GuardRecord, answers: readonly Answer[]): string[] {
  return Object.entries(criticalBelow).flatMap(([query, bound]) => {
    const values = guard.looks.map(({ at }) => ({ at, values: valuesOf(answers, query, at) }));
    const isBad = (value: number): boolean => value < bound;
    // A source that is asked twice may know better the second time: nobody can tell which of its answers was judged.
    const from = firstInARow(inARow, values, (given) => given.some(isBad));
    const to = firstInARow(inARow, values, (given) => given.every(isBad));
    const said = guard.criticals.find((one) => one.query === query)?.at;
    if (said === undefined)
      return to === undefined ? [] : [`${query} was critical at ${to}, and the guard never said so`];
    if (from !== undefined && said >= from && said <= (to ?? said)) return [];
    return [`the guard called ${query} critical at ${said}, by its source it was so at ${from ?? 'no time'}`];
  });
}

function valuesOf(answers: readonly Answer[], query: string, at: number): number[] {
  const given = answers.filter((answer) => answer.query === query && answer.at === at);
  return given.flatMap(({ value }) => (value !== undefined && Number.isFinite(value) ? [value] : []));
}

/** An instant without a value neither confirms nor clears. */
function firstInARow(
  inARow: number,
  instants: ReadonlyArray<{ at: number; values: number[] }>,
  isBad: (values: number[]) => boolean
): number | undefined {
  let count = 0;
  return instants.find(({ values }) => {
    if (values.length === 0) return false;
    count = isBad(values) ? count + 1 : 0;
    return count >= inARow;
  })?.at;
}
