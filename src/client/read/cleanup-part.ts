import { means, parseAddress } from '../../plan/address.js';
import { answered, attemptAt, freshState, opened, tasksNow, type CleanupState } from '../../plan/cleanup/course.js';
import { attestationProblem } from '../../plan/gate-rules.js';
import { findPerson } from '../../plan/people.js';
import { parseMessage } from '../../plan/wire.js';
import { cleanupStatus } from '../../plan/cleanup/status.js';
import { cleanupId, cleanupWorkflowId } from '../../plan/names.js';
import { problemWithAnswer } from '../../plan/activity-answers.js';
import type { HostActivities } from '../../activities/contract.js';
import type { CleanupInput } from '../../plan/run-input.js';
import type { CleanupResult, PhaseStatus } from '../../plan/run-status.js';
import type { Link } from '../connection/link.js';
import { describeIfOf, type Described } from './describe.js';
import type { ActivityFact, HistoryFacts, MessageFact } from './history.js';

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
  const input = history.input as CleanupInput;
  const { cleanup, environment, state = freshState(history.startedAt) } = input;
  const { workflowId, runId } = history;
  const now = inOrder(history).reduce(
    (sofar, fact) =>
      'type' in fact ? opened(cleanup, sofar, fact.result.groups, fact.result.askedAt) : withAnswer(input, sofar, fact),
    state
  );
  const as = status.toLowerCase().replace('_', ' ');
  const sentence = `Clean-up was ${as}.`;
  const end = open ? {} : { end: { state: 'failed' as const, at: closedAt ?? history.startedAt, sentence, as } };
  return cleanupStatus(
    { cleanup, people: environment.people, workflowId, runId, refusals: state.refusals, ...end },
    now
  );
}

/** What the calendar said and what people answered, as the workflow saw it: what is answered too early does not count. */
function inOrder({ activities, messages }: HistoryFacts): Array<CalendarFact | MessageFact> {
  const calendars = activities.filter((fact) => fact.type === calendarActivity).filter(hasCalendar);
  const timeOf = (fact: CalendarFact | MessageFact): number => ('type' in fact ? (fact.endedAt ?? 0) : fact.at);
  return [...calendars, ...messages].toSorted((one, other) => timeOf(one) - timeOf(other));
}

/**
 * With what somebody answered in this execution. A signal counts as the workflow will count it, where names are believed;
 * else nobody knows here who sent it.
 */
function withAnswer(
  input: CleanupInput,
  state: CleanupState,
  { name, input: raw, how, at }: MessageFact
): CleanupState {
  const { cleanup, environment, run } = input;
  const parsed = name === 'attest' ? parseMessage(name, raw) : undefined;
  if (!parsed?.ok || (how === 'signal' && !run.namesBelieved)) return state;
  const { item, answer, evidence, reason } = parsed.message;
  const by = findPerson(environment.people, parsed.message.by)?.name;
  const written = parseAddress(item, cleanupId);
  const steps = state.steps.map((step) => ({ ...step }));
  const found = tasksNow(cleanup, { ...state, steps }).find(
    ({ step }) => written && step?.state === 'waiting' && means(written, step.address)
  );
  if (by === undefined || !found?.step || attestationProblem(found.task, parsed.message)) return state;
  const { gates } = cleanupStatus(
    { cleanup, people: environment.people, workflowId: '', runId: '', refusals: [] },
    { ...state, steps }
  );
  const { address } = found.step;
  if (!gates.some((gate) => gate.address === address && gate.people.includes(by))) return state;
  const given = {
    by,
    answer,
    ...(evidence === undefined ? {} : { evidence }),
    ...(reason === undefined ? {} : { reason }),
    at,
  };
  Object.assign(found.step, answered(found.task, given));
  if (found.step.state === 'failed') steps.push(attemptAt(found.task, steps, at));
  return { ...state, steps };
}

/** Its answers tell what has begun. */
const calendarActivity = 'cleanupDays' satisfies keyof HostActivities;
type CalendarFact = ActivityFact & { result: Awaited<ReturnType<HostActivities[typeof calendarActivity]>> };

function hasCalendar(fact: ActivityFact): fact is CalendarFact {
  return fact.result !== undefined && problemWithAnswer(calendarActivity, fact.result) === undefined;
}
