import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  ChildWorkflowFailure,
  condition,
  ParentClosePolicy,
  patched,
  startChild,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import type { GuardSpec } from '../../plan/model.js';
import { alertKeys, guardKey } from '../../plan/guard/status.js';
import { guardWorkflowId } from '../../plan/names.js';
import type { GuardInput } from '../../plan/run-input.js';
import { searchAttributes } from '../../plan/search-attributes.js';
import { announce } from '../announce.js';
import { cancelIfOpen } from '../cancel-if-open.js';
import type { guard } from '../guard.js';
import { alertOf } from '../guard/alerts.js';
import { endAlert } from '../guard/end-alert.js';
import { startAlert } from '../guard/start-alert.js';
import { tellAlert } from '../guard/tell-alert.js';
import { sliceEnvironment } from '../slice.js';
import type { MigrationRecord } from './record.js';

const mostStarts = 5;
const firstPauseMs = 1_000;
/** The guard of the run before this one looks once more and keeps what it saw: six minutes at most. */
const longestWaitMs = 8 * 60_000;
const waitMs = 3_000;
const stillOpen = 'that of an earlier execution was still open';

/** The watch over the metrics beside a run. */
export interface Guarding {
  /** Ends it, and waits for nothing. */
  end(): Promise<void>;
}

/**
 * Keeps a guard beside the run: from its first change on, since before that there is nothing to take back, until the run
 * is over. A guard that fails or is ended from outside never takes the run down: it is started again, a few times, and
 * people are told when it is not any more. A plan without a guard has none.
 */
export function keepGuard(record: MigrationRecord): Guarding {
  const { frozen, run } = record;
  const { guard: spec } = frozen.plan;
  let over = false;
  if (spec) void CancellationScope.nonCancellable(() => watchOver(record, spec, () => over));
  return {
    async end() {
      over = true;
      if (record.guard?.state === 'lost') await leaveAlerts(record);
      if (record.guard?.state !== 'watching') return;
      record.guarded({ state: 'ended' });
      await cancelIfOpen(guardWorkflowId(run.workflowId));
    },
  };
}

async function watchOver(record: MigrationRecord, spec: GuardSpec, isOver: () => boolean): Promise<void> {
  await condition(() => record.changedAt !== undefined || isOver());
  for (let starts = 1, pause = firstPauseMs; !isOver(); starts += 1, pause *= 2) {
    const reason = await watchOnce(record, spec, starts, isOver);
    if (isOver()) return;
    record.guarded({ state: 'lost', reason });
    if (starts === mostStarts) return tellLost(record, spec, reason);
    await condition(isOver, pause, { summary: `Starts the guard again: ${reason}`.slice(0, 180) });
  }
}

/** Resolves when the guard is no more, with why. */
async function watchOnce(
  record: MigrationRecord,
  spec: GuardSpec,
  starts: number,
  isOver: () => boolean
): Promise<string> {
  try {
    const child = await startInTurn(record, spec, starts, isOver);
    if (!child) return stillOpen;
    record.guarded({ state: 'watching', starts });
    await child.result();
    return 'it was ended while the run goes on';
  } catch (error) {
    if (!(error instanceof ChildWorkflowFailure)) throw error;
    return error.cause?.message ?? error.message;
  }
}

/** Starts it, once the guard of an earlier execution is gone; undefined when that stays. */
async function startInTurn(
  record: MigrationRecord,
  spec: GuardSpec,
  starts: number,
  isOver: () => boolean
): Promise<ChildWorkflowHandle<typeof guard> | undefined> {
  for (let waitedMs = 0; ; waitedMs += waitMs) {
    try {
      return await start(record, spec, starts, waitedMs);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      // It ends now, or has nobody who would end it.
      if (waitedMs === 0) await cancelIfOpen(guardWorkflowId(record.run.workflowId));
      if (isOver() || waitedMs >= longestWaitMs || !patched('guard-starts-in-turn')) return undefined;
      record.guarded({ state: 'lost', reason: stillOpen });
      await condition(isOver, waitMs, { summary: `Waits for the guard of the run: ${stillOpen}` });
    }
  }
}

function guardOf({ frozen, run, changedAt, baseline }: MigrationRecord, spec: GuardSpec): GuardInput {
  const { plan, environment } = frozen;
  const { alerts, incidents } = plan;
  const metrics = Object.values(plan.metrics);
  return {
    schemaVersion: 1,
    run,
    guard: spec,
    metrics,
    ...(alerts ? { alerts } : {}),
    ...(incidents ? { incidents, resolvesInMs: plan.rollback.window.length.ms } : {}),
    environment: sliceEnvironment(environment, {
      metrics: metrics.map(({ name }) => name),
      notify: true,
      alerts: true,
      people: environment.people.map(({ name }) => name),
    }),
    since: changedAt ?? run.startedAt,
    ...(changedAt === undefined ? {} : { changedAt }),
    baseline,
  };
}

function start(
  record: MigrationRecord,
  spec: GuardSpec,
  starts: number,
  waitedMs: number
): Promise<ChildWorkflowHandle<typeof guard>> {
  const { frozen, run } = record;
  const { plan, environment } = frozen;
  const input: GuardInput = {
    ...guardOf(record, spec),
    ...(starts > 1 ? { afterLoss: true } : {}),
    ...(waitedMs > 0 ? { waitedMs } : {}),
  };
  return startChild<typeof guard>('guard', {
    workflowId: guardWorkflowId(run.workflowId),
    args: [input],
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: `Guard: ${plan.title}`.slice(0, 180),
    typedSearchAttributes: [
      { key: searchAttributes.plan, value: run.planId },
      { key: searchAttributes.environment, value: environment.id },
      { key: searchAttributes.run, value: run.runId },
      { key: searchAttributes.status, value: 'running' },
    ],
  });
}

/** Nobody tells the alerts of a lost guard anything more, and they would remind for ever. */
async function leaveAlerts({ run, frozen }: MigrationRecord): Promise<void> {
  const { guard: spec } = frozen.plan;
  const news = { level: 'unwatched', reason: 'the guard of the run was lost', at: Date.now() } as const;
  await Promise.all((spec ? alertKeys(spec) : []).map((key) => endAlert(run, key, news)));
}

/** As when nothing can be measured: somebody must say that he takes care of it, until the run is over. */
async function openLost(record: MigrationRecord, spec: GuardSpec, reason: string): Promise<void> {
  const { run } = record;
  const news = { level: 'no-data', reason: `nobody watches the metrics: ${reason}`, at: Date.now() } as const;
  const alert = alertOf(guardOf(record, spec), guardKey, news);
  // It may close in the very moment in which it is told.
  if (!(await startAlert(alert)) && !(await tellAlert(run, guardKey, news))) await startAlert(alert);
}

async function tellLost(record: MigrationRecord, spec: GuardSpec, reason: string): Promise<void> {
  const { run, frozen } = record;
  const { environment, plan } = frozen;
  await leaveAlerts(record);
  if (patched('lost-guard-alerts')) await openLost(record, spec, reason);
  await announce(run, environment, {
    kind: 'escalation',
    title: `${plan.title}: nobody watches its metrics any more`,
    text: `The guard was started ${mostStarts} times and ended each time (${reason}). The run goes on; its windows still judge. Look at ${guardWorkflowId(run.workflowId)}.`,
    to: environment.people.map(({ name }) => name),
  });
}
