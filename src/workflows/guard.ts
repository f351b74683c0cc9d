import {
  CancellationScope,
  defineQuery,
  isCancellation,
  log,
  makeContinueAsNewFunc,
  patched,
  setDefaultSignalHandler,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import type { GuardInput } from '../plan/run-input.js';
import type { GuardStatus } from '../plan/watch-status.js';
import { statusQuery } from '../plan/wire.js';
import { GuardAlerts } from './guard/alerts.js';
import { keepNews } from './guard/evidence.js';
import { look, lookAtLast } from './guard/look.js';
import { GuardRecord } from './guard/record.js';
import { tellRun } from './guard/trouble.js';

setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, guard);

/**
 * The watch over a run's metrics, beside whatever it does, from its first change until it is over. Each execution looks
 * once, for as long as nothing happens and for three days at most; tells the run of what takes it back, and people of what
 * they must know; and continues as new, so that its history stays short and any later build can go on with it.
 *
 * A Temporal cancel ends it: then it returns its last status. It closes no alert but by what metrics say; those that are
 * open when it ends hear that nobody watches any more.
 */
export async function guard(input: GuardInput): Promise<GuardStatus> {
  const record = new GuardRecord(input);
  const alerts = new GuardAlerts(input, record);
  setHandler(defineQuery<GuardStatus>(statusQuery), () => record.status, {
    description: 'Everything that the guard of this run sees.',
  });
  setDefaultSignalHandler((name) => log.warn('Nobody tells a guard anything', { name }));
  const root = CancellationScope.current();
  let answered = false;
  let settled = false;
  try {
    const found = await look(input, record);
    answered = found.answered;
    await CancellationScope.nonCancellable(async () => {
      // What makes production safe goes first.
      if (!(await tellRun(input, found.news))) record.unheard();
      await alerts.tell(found.news);
      // What it looked at so far may be older than what the guard before it told.
      const caughtUp = answered && found.news.length === 0;
      settled = input.afterLoss === true && (caughtUp || !patched('settles-when-caught-up'));
      if (settled) await alerts.settle();
      await keepNews(input, record, 'when there is much');
    });
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
  const { afterLoss, ...same } = input;
  const still = afterLoss && !settled ? { afterLoss } : {};
  if (!root.consideredCancelled) return goOn({ ...same, ...still, state: record.carried });
  return CancellationScope.nonCancellable(async () => {
    const kept = async (): Promise<void> => {
      if (!answered) await lookAtLast(input, record);
      record.end();
      await keepNews(input, record, 'all of it');
    };
    await Promise.all([alerts.leave(), kept()]);
    return record.status;
  });
}

function goOn(input: GuardInput): Promise<never> {
  const { memo, typedSearchAttributes } = workflowInfo();
  const next = makeContinueAsNewFunc<typeof guard>({ typedSearchAttributes, ...(memo ? { memo } : {}) });
  return next(input);
}
