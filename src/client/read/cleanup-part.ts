import { freshState, opened } from '../../plan/cleanup/course.js';
import { cleanupStatus } from '../../plan/cleanup/status.js';
import { cleanupWorkflowId } from '../../plan/names.js';
import { problemWithAnswer } from '../../plan/activity-answers.js';
import type { HostActivities } from '../../activities/contract.js';
import type { CleanupInput } from '../../plan/run-input.js';
import type { CleanupResult, PhaseStatus } from '../../plan/run-status.js';
import type { Link } from '../connection/link.js';
import { describeIfOf, type Described } from './describe.js';
import type { HistoryFacts } from './history.js';

/**
 * The newest execution of a run's clean-up, which continues as new all the time; undefined when the run has none, or
 * that of a later run stands in its place.
 */
export function describeCleanup(
  link: Link,
  { workflowId, firstRunId }: Pick<Described, 'workflowId' | 'firstRunId'>
): Promise<Described | undefined> {
  return describeIfOf(link, cleanupWorkflowId(workflowId), firstRunId);
}

/**
 * A clean-up's status without a worker: what it returned, when it has ended; else what it was handed over, and what
 * the calendar said since. So its tasks can be seen and answered while nobody works for it.
 */
export function cleanupFromHistory(history: HistoryFacts, { open, closedAt, status }: Described): PhaseStatus {
  const result = history.result as Partial<CleanupResult> | undefined;
  if (result?.status) return result.status;
  const { cleanup, environment, state = freshState(history.startedAt) } = history.input as CleanupInput;
  const { workflowId, runId } = history;
  const calendar = history.localAnswers.find(isCalendar);
  const now = calendar ? opened(cleanup, state, calendar.groups, calendar.askedAt) : state;
  const sentence = `Clean-up was ${status.toLowerCase()}.`;
  const end = open ? {} : { end: { state: 'failed' as const, at: closedAt ?? history.startedAt, sentence } };
  return cleanupStatus(
    { cleanup, people: environment.people, workflowId, runId, refusals: state.refusals, ...end },
    now
  );
}

type Calendar = Awaited<ReturnType<HostActivities['cleanupDays']>>;

function isCalendar(answer: unknown): answer is Calendar {
  return answer !== undefined && problemWithAnswer('cleanupDays', answer) === undefined;
}
