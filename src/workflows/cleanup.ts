import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  defineQuery,
  isCancellation,
  makeContinueAsNewFunc,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import { newsAt, type CleanupState } from '../plan/cleanup/course.js';
import type { CleanupInput } from '../plan/run-input.js';
import type { CleanupResult, PhaseStatus } from '../plan/run-status.js';
import { statusQuery } from '../plan/wire.js';
import { beside } from './beside.js';
import { finish, stopped } from './cleanup/ending.js';
import { listenToOwners } from './cleanup/answers.js';
import { askDays, untilAskedAgain } from './cleanup/days.js';
import { CleanupRecord } from './cleanup/record.js';
import { removeFlags } from './cleanup/removal.js';
import { tellOwners } from './cleanup/telling.js';

setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, cleanup);

/** Answers often come several at once: they share an execution. */
const linger = '5s';

/**
 * What is left to do when a run has completed: its owners are told when tasks begin, reminded, and answer. It waits for
 * months at no cost: each execution looks at the calendar once, tells once what there is to tell, waits for the next
 * instant or answer, and continues as new, so that its history stays short and any later build can go on with it.
 *
 * Returns when every task is done. A Temporal cancel ends it: then it fails with the status as the failure's detail.
 */
export async function cleanup(input: CleanupInput): Promise<CleanupResult> {
  const record = new CleanupRecord(input);
  setHandler(defineQuery<PhaseStatus>(statusQuery), () => record.status, {
    description: 'Everything known about this clean-up.',
  });
  listenToOwners(input, record);
  record.inbox.refuseOthers();
  try {
    await turn(input, record);
  } catch (error) {
    if (!isCancellation(error) || !CancellationScope.current().consideredCancelled) throw error;
    await CancellationScope.nonCancellable(() => stopped(input, record));
    const message = record.status.sentence;
    throw ApplicationFailure.create({ message, type: 'stopped', nonRetryable: true, details: [result(record)] });
  }
  if (!record.isDone) return goOn(input, record);
  const root = CancellationScope.current();
  await CancellationScope.nonCancellable(() => finish(input, record, () => root.consideredCancelled));
  return result(record);
}

/** From one look at the calendar to the next thing that happens. */
async function turn(input: CleanupInput, record: CleanupRecord): Promise<void> {
  const { news, askedAt } = await look(input, record);
  await beside(
    () => record.nextThing(askedAt, news !== undefined),
    async () => {
      if (news) await tellOwners(input, record, news, askedAt);
    }
  );
  if (record.isWorthALook) await condition(() => !record.isWorthALook, linger);
  // A safety check may watch for days, and an answer wait for its environment's worker: reminders go out all the same.
  // While the last of them ends, another answer may come.
  while (!isSettled(record))
    await beside(
      () => settle(input, record),
      () => remind(input, record)
    );
}

/**
 * Opens what has begun by the calendar, and says what there is to tell now. The answer is awaited here and nowhere else: in
 * recorded histories other answers came in the same moment, and each keeps its place.
 */
async function look(
  input: CleanupInput,
  record: CleanupRecord
): Promise<{ news: CleanupState['told'] | undefined; askedAt: number }> {
  for (let tries = 1; ; tries += 1) {
    try {
      const { groups, askedAt } = await askDays(input);
      record.open(groups, askedAt);
      return { news: newsAt(input.cleanup, record.state, askedAt), askedAt };
    } catch (error) {
      await untilAskedAgain(error, tries);
    }
  }
}

function isSettled(record: CleanupRecord): boolean {
  return record.removalAsked === undefined && allHandlersFinished();
}

/** Nothing of this execution is left under way: neither a removal nor somebody's answer. */
async function settle(input: CleanupInput, record: CleanupRecord): Promise<void> {
  while (!isSettled(record)) {
    const asked = record.removalAsked;
    if (asked) await removeFlags(input, record, asked);
    else await condition(() => allHandlersFinished() || record.removalAsked !== undefined);
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('the clean-up was cancelled');
  }
}

/** Tells people what there is to tell, at each instant at which there is something, until it is called off. */
async function remind(input: CleanupInput, record: CleanupRecord): Promise<void> {
  for (;;) {
    const { news, askedAt } = await look(input, record);
    // It waits by itself where no channel took it.
    if (news) await tellOwners(input, record, news, askedAt);
    else await record.nextInstant(askedAt);
  }
}

function goOn(input: CleanupInput, record: CleanupRecord): Promise<never> {
  const { memo, typedSearchAttributes } = workflowInfo();
  const next = makeContinueAsNewFunc<typeof cleanup>({ typedSearchAttributes, ...(memo ? { memo } : {}) });
  return next({ ...input, ...record.handedOver() });
}

function result(record: CleanupRecord): CleanupResult {
  return { status: record.status };
}
