import {
  allHandlersFinished,
  CancellationScope,
  condition,
  defineQuery,
  makeContinueAsNewFunc,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import { nextInstant } from '../plan/alert/course.js';
import type { AlertInput } from '../plan/run-input.js';
import type { AlertStatus } from '../plan/watch-status.js';
import { handoverQuery, statusQuery } from '../plan/wire.js';
import { hearOthers, listenToPeople } from './alert/answers.js';
import { AlertRecord } from './alert/record.js';

setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, alert);

/**
 * One metric that is not as it should be, from the first bad news until it is back: all channels of its level are told
 * side by side, people are reminded and the next in line asked until somebody acknowledges, and the end is told to
 * whoever knew. News that say what is known cost no message; what became worse is told at once; a metric that comes and
 * goes within seconds is told once. It continues as new when its history grows.
 *
 * Returns the last status. A Temporal cancel closes it: people are told that nobody watches.
 */
export async function alert(input: AlertInput): Promise<AlertStatus> {
  const record = new AlertRecord(input);
  setHandler(defineQuery<AlertStatus>(statusQuery), () => record.status, {
    description: 'Everything known about this alert.',
  });
  setHandler(defineQuery<AlertInput>(handoverQuery), () => record.handover, {
    description: 'What another alert of the metric goes on with; asked by phasegate itself, not by people.',
  });
  hearOthers(record);
  listenToPeople(record);
  record.inbox.refuseOthers();
  const root = CancellationScope.current();
  root.cancelRequested.catch(() =>
    record.hear({ level: 'unwatched', reason: 'the alert was cancelled', at: record.state.news.at })
  );
  return CancellationScope.nonCancellable(() => run(input, record));
}

async function run(input: AlertInput, record: AlertRecord): Promise<AlertStatus> {
  for (;;) {
    await nextThing(record);
    if (record.isOver && allHandlersFinished()) break;
    if (isLong(record)) return goOn(record);
  }
  record.finish();
  return record.status;
}

/** Until something changes what is waited for; what is due by then is done. */
async function nextThing(record: AlertRecord): Promise<void> {
  const instant = nextInstant(record.state);
  const moved = (): boolean =>
    isLong(record) || nextInstant(record.state) !== instant || (record.isOver && allHandlersFinished());
  if (instant === undefined) return condition(moved);
  const summary = record.status.sentence.slice(0, 180);
  if (!(await condition(moved, Math.max(1, instant - Date.now()), { summary }))) record.onInstant();
}

/** A thousand signals that say the same make no long history: the next execution goes on without them. */
function isLong(record: AlertRecord): boolean {
  return workflowInfo().continueAsNewSuggested || record.isFull;
}

async function goOn(record: AlertRecord): Promise<never> {
  await condition(() => record.post.isResting && allHandlersFinished());
  record.post.callOff();
  // What was called off must not arrive behind what the next execution sends; and news come until the last moment.
  await condition(() => record.post.isIdle && allHandlersFinished());
  const { memo, typedSearchAttributes } = workflowInfo();
  const next = makeContinueAsNewFunc<typeof alert>({ typedSearchAttributes, ...(memo ? { memo } : {}) });
  return next(record.handOver());
}
