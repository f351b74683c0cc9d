import { address } from '../address.js';
import type { Cleanup, CleanupGroup, CleanupTask } from '../model.js';
import { cleanupId } from '../names.js';
import type { EvidenceRef } from '../run-facts.js';
import type { Refusal, StepRecord } from '../run-status.js';
import { instantText } from '../text/spans.js';
import type { GroupDays } from './days.js';

/** A flag that clean-up took out of the flag system, or began to: from then on the run has no way back. */
export interface RemovedFlag {
  key: string;
  /** Epoch ms: when it was begun, and once it was read back when that was. */
  at: number;
  state: 'removing' | 'removed';
  /** The definition that it had. */
  evidence: EvidenceRef;
}

/** Everything that a clean-up remembers, as plain data: one execution hands it to the next. */
export interface CleanupState {
  /** Epoch ms. */
  startedAt: number;
  /** Attempts at tasks that have begun, in the order in which they were opened. */
  steps: StepRecord[];
  removed: RemovedFlag[];
  refusals: Refusal[];
  /** Epoch ms of the last message about what is owed. */
  toldAt?: number;
  /** Ids of tasks of which people know that they have begun, are overdue, were escalated. */
  told: Record<News, string[]>;
  /** As of the last time that they were asked. */
  days: Record<string, GroupDays>;
}

export const newsKinds = ['begun', 'overdue', 'escalated'] as const;
export type News = (typeof newsKinds)[number];

export function freshState(startedAt: number): CleanupState {
  return {
    startedAt,
    steps: [],
    removed: [],
    refusals: [],
    told: { begun: [], overdue: [], escalated: [] },
    days: {},
  };
}

/** How a task stands: its latest attempt, and its group's days. */
export interface TaskNow {
  task: CleanupTask;
  group: CleanupGroup;
  /** Absent: it has not begun. */
  step?: StepRecord;
  days?: GroupDays;
}

export function tasksNow({ groups }: Cleanup, { steps, days }: Pick<CleanupState, 'steps' | 'days'>): TaskNow[] {
  return groups.flatMap((group) =>
    group.tasks.map((task) => {
      const step = steps.findLast((one) => one.id === task.id);
      const own = days[group.id];
      return { task, group, ...(step ? { step } : {}), ...(own ? { days: own } : {}) };
    })
  );
}

/** Begun and not done: somebody owes it. */
export function isOwed({ step }: TaskNow): boolean {
  return step !== undefined && step.state !== 'passed';
}

export function isDone({ step }: TaskNow): boolean {
  return step?.state === 'passed';
}

/** A new attempt at a task. */
export function attemptAt(task: CleanupTask, steps: readonly StepRecord[], startedAt: number): StepRecord {
  const number = steps.filter(({ id }) => id === task.id).length + 1;
  return {
    address: address(cleanupId, task.id, number),
    id: task.id,
    part: 'steps',
    kind: task.kind,
    title: task.title,
    state: 'waiting',
    startedAt,
  };
}

/** What an answer means for a KPI. */
const kpiWords: Readonly<Record<string, string>> = { done: 'met', failed: 'not met' };

/** What an answer makes of an attempt at a task: whether a KPI was met or not, either is an answer. */
export function answered(task: CleanupTask, given: NonNullable<StepRecord['answer']>): Partial<StepRecord> {
  const { by, answer, evidence, reason } = given;
  if (task.kind === 'remove-flags' && answer === 'done') return { state: 'running', answer: given };
  const good = answer !== 'failed' || task.kind === 'kpi';
  return {
    state: good ? 'passed' : 'failed',
    verdict: answer === 'failed' ? 'FAIL' : 'PASS',
    reason: [`${by}: ${(task.kind === 'kpi' && kpiWords[answer]) || answer}`, evidence, reason]
      .filter((part) => part !== undefined)
      .join(' · '),
    answer: given,
  };
}

/** The state at an instant that has surely come: the groups that begin by then are open. */
export function opened(
  cleanup: Cleanup,
  state: CleanupState,
  days: Record<string, GroupDays>,
  now: number
): CleanupState {
  const steps = [...state.steps];
  for (const { task, step, days: own } of tasksNow(cleanup, { steps, days })) {
    if (!step && own && own.opensAt <= now) steps.push(attemptAt(task, steps, own.opensAt));
  }
  return { ...state, steps, days };
}

/** What people are to be told at an instant that has surely come; undefined when there is nothing to tell. */
export function newsAt(cleanup: Cleanup, state: CleanupState, now: number): Record<News, string[]> | undefined {
  const owed = tasksNow(cleanup, state).filter(isOwed);
  if (owed.length === 0) return undefined;
  const lateBy = (ms: number): string[] =>
    owed.flatMap(({ task, days }) => (days && days.dueAt + ms <= now ? [task.id] : []));
  const all: Record<News, string[]> = {
    begun: owed.map(({ task }) => task.id),
    overdue: lateBy(0),
    escalated: cleanup.escalate ? lateBy(cleanup.escalate.after.ms) : [],
  };
  const isNew = newsKinds.some((kind) => all[kind].some((id) => !state.told[kind].includes(id)));
  const isTime = state.toldAt === undefined || state.toldAt + cleanup.remindEvery.ms <= now;
  return isNew || isTime ? all : undefined;
}

/** The first instant after `now` at which something is to be done or told by itself; undefined when nothing is. */
export function nextInstant(cleanup: Cleanup, state: CleanupState, now: number): number | undefined {
  const tasks = tasksNow(cleanup, state);
  const owed = tasks.filter(isOwed);
  const instants = [
    ...tasks.flatMap(({ step, days }) => (!step && days ? [days.opensAt] : [])),
    ...owed.flatMap(({ days }) => (days ? [days.dueAt] : [])),
    ...owed.flatMap(({ days }) => (days && cleanup.escalate ? [days.dueAt + cleanup.escalate.after.ms] : [])),
    ...(owed.length > 0 && state.toldAt !== undefined ? [state.toldAt + cleanup.remindEvery.ms] : []),
  ].filter((instant) => instant > now);
  return instants.length > 0 ? Math.min(...instants) : undefined;
}

/** One execution of a clean-up, and what it knows to be removed. */
export interface CleanupExecution {
  runId: string;
  /** `RUNNING`, `CONTINUED_AS_NEW`, ... as Temporal calls it. */
  status: string;
  removed: readonly RemovedFlag[];
}

/**
 * What a clean-up removed, whichever of its executions did it: a reset makes another execution, which may know nothing
 * of what the one before it did.
 *
 * @param listed its executions, oldest first, as a list told them
 * @param look reads one of them: what a list says may be a moment old
 */
export async function removedByAll(
  newest: CleanupExecution,
  listed: ReadonlyArray<Omit<CleanupExecution, 'removed'>>,
  look: (runId: string) => Promise<CleanupExecution>
): Promise<RemovedFlag[]> {
  const older = listed.filter((one) => one.runId !== newest.runId && !handedOn(one));
  const replaced = (await Promise.all(older.map(({ runId }) => look(runId)))).filter((one) => !handedOn(one));
  const byKey = new Map<string, RemovedFlag>();
  for (const { removed } of [...replaced, newest]) for (const flag of removed) byKey.set(flag.key, flag);
  return [...byKey.values()];
}

/** Whether the execution after it knows all that it knew; else a reset took its place. */
function handedOn({ status }: Pick<CleanupExecution, 'status'>): boolean {
  return status === 'CONTINUED_AS_NEW';
}

/** Of locks that a clean-up holds. */
export const removesFlags = 'it removes flags at this moment, try again in a minute';

/** Why a run whose flags were removed, or began to be, cannot be rolled back: what and when. */
export function wayBackClosed(removed: readonly RemovedFlag[]): string {
  const told = removed.map(({ key, at, state }) =>
    state === 'removed'
      ? `${key} was removed at ${instantText(at)}`
      : `the removal of ${key} was begun at ${instantText(at)} and not read back`
  );
  return `PG451 clean-up has closed the way back: ${told.join('; ')}`;
}
