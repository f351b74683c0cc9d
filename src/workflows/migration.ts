import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  defineQuery,
  isCancellation,
  setHandler,
  setWorkflowOptions,
  upsertMemo,
} from '@temporalio/workflow';
import type { LedgerEntry } from '../plan/change.js';
import type { FrozenPlan, Phase, RunInput } from '../plan/model.js';
import { lockKeys } from '../plan/names.js';
import type { OutcomeKind } from '../plan/outcome.js';
import type { CompletedPhase } from '../plan/run-input.js';
import type { PhaseResult, RollbackResult, RunStatus } from '../plan/run-status.js';
import { statusQuery } from '../plan/wire.js';
import { host } from './activities.js';
import { announce } from './announce.js';
import { runPhase } from './migration/phases.js';
import { MigrationRecord } from './migration/record.js';
import { listenToPeople } from './migration/people.js';
import { takeBack } from './take-back.js';

setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, migration);

interface Ending {
  kind: OutcomeKind;
  reason: string;
}

/**
 * One execution of a plan in an environment: takes the locks, runs the phases in dependency order, and when one stops
 * takes back what its stop reaches. The outcome stands in the memo `outcome`, readable without a worker.
 *
 * Ends COMPLETED with its last status; FAILED with the outcome's kind as type; CANCELED after a Temporal cancel.
 */
export async function migration(input: RunInput): Promise<RunStatus> {
  const frozen = current(input);
  const record = new MigrationRecord(input, frozen);
  const story = new CancellationScope();
  setHandler(defineQuery<RunStatus>(statusQuery), () => record.status, {
    description: 'Everything known about this run.',
  });
  listenToPeople(record, frozen, () => story.cancel());

  const ledgers: LedgerEntry[] = [];
  let ending: Ending;
  try {
    ending = await story.run(() => phases(record, frozen, ledgers));
  } catch (error) {
    if (!isCancellation(error)) throw error;
    const reason = record.stopRequest ?? 'a Temporal cancel asked for it';
    ending = await CancellationScope.nonCancellable(() => takeEverythingBack(record, frozen, ledgers, reason));
  }
  await CancellationScope.nonCancellable(() => close(record, frozen, ending));
  if (ending.kind === 'completed') return record.status;
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure(`${ending.kind}: ${ending.reason}`);
  throw ApplicationFailure.create({
    message: `${ending.kind}: ${ending.reason}`,
    type: ending.kind,
    nonRetryable: true,
    details: [record.status],
  });
}

function current(input: RunInput): FrozenPlan {
  const frozen = input.versions.at(-1);
  if (!frozen) throw ApplicationFailure.nonRetryable('the run was started without a plan', 'PG100');
  return frozen;
}

async function phases(record: MigrationRecord, frozen: FrozenPlan, ledgers: LedgerEntry[]): Promise<Ending> {
  const refusal = await lock(record, frozen);
  if (refusal) return { kind: 'failed', reason: refusal };
  const completed: Record<string, CompletedPhase> = {};
  for (const phase of frozen.plan.phases) {
    await record.notPaused();
    const result = await runPhase(record, frozen, phase, completed);
    if (result.verdict === 'PASS') {
      ledgers.push(...result.ledger);
      completed[phase.id] = finished(result);
      continue;
    }
    return await CancellationScope.nonCancellable(() => afterFailure(record, frozen, phase, result, ledgers));
  }
  return { kind: 'completed', reason: `all ${frozen.plan.phases.length} phases completed` };
}

async function lock(record: MigrationRecord, frozen: FrozenPlan): Promise<string | undefined> {
  const { run } = record;
  const answer = await host.acquireLocks.executeWithOptions(
    { summary: 'Take the locks of plan, flags and deploy targets' },
    [
      {
        environment: frozen.environment.id,
        keys: lockKeys(frozen.plan),
        holder: { run: run.workflowId, runId: run.runId, startedBy: run.startedBy, since: run.startedAt },
      },
    ]
  );
  if (answer.granted) {
    record.locked();
    return undefined;
  }
  const held = answer.conflicts.map(
    ({ key, holder }) => `${key} is held by ${holder.run} (started by ${holder.startedBy})`
  );
  return `${held.join('; ')}: wait for it, or finish it with: phasegate rollback ${answer.conflicts[0]?.holder.run ?? ''}`;
}

function finished(result: PhaseResult): CompletedPhase {
  const { changedAt, baseline } = result.status;
  return {
    completedAt: result.completedAt,
    ...(changedAt === undefined ? {} : { changedAt }),
    ...(baseline ? { baseline: baseline.values } : {}),
  };
}

async function afterFailure(
  record: MigrationRecord,
  frozen: FrozenPlan,
  phase: Phase,
  result: PhaseResult,
  ledgers: LedgerEntry[]
): Promise<Ending> {
  const own = result.rollback;
  if (own) record.addRollback(own.workflowId);
  if (result.reach === 'phase' || ledgers.length === 0) {
    const kept =
      ledgers.length > 0 ? `; completed and kept: ${[...new Set(ledgers.map((entry) => entry.phase))].join(', ')}` : '';
    const reason = `${result.reason}${kept}`;
    if (!own) return { kind: 'failed', reason };
    return rolledBack([own], reason);
  }
  const rest = await rollBackAll(record, frozen, ledgers, result.reason);
  return rolledBack(own ? [own, rest] : [rest], result.reason);
}

/** The run was stopped between or inside phases; a phase under way has ended (and undone itself) by now. */
async function takeEverythingBack(
  record: MigrationRecord,
  frozen: FrozenPlan,
  ledgers: LedgerEntry[],
  reason: string
): Promise<Ending> {
  const stopped = record.lastResult;
  const own = stopped?.rollback;
  if (own) record.addRollback(own.workflowId);
  if (ledgers.length === 0 && !own) return { kind: 'failed', reason: `${reason}; nothing had been changed` };
  const results = own ? [own] : [];
  if (ledgers.length > 0) results.push(await rollBackAll(record, frozen, ledgers, reason));
  return rolledBack(results, reason);
}

async function rollBackAll(
  record: MigrationRecord,
  frozen: FrozenPlan,
  ledgers: LedgerEntry[],
  reason: string
): Promise<RollbackResult> {
  record.rollingBack();
  const input = { run: record.run, environment: frozen.environment, rollback: frozen.plan.rollback };
  const result = await takeBack(input, { name: 'all', entries: ledgers, reason });
  record.addRollback(result.workflowId);
  record.markUndone(ledgers.map((entry) => entry.phase));
  return result;
}

function rolledBack(results: RollbackResult[], reason: string): Ending {
  const open = results.filter((result) => !result.verified);
  if (open.length === 0) return { kind: 'rolled-back-verified', reason };
  return {
    kind: 'rolled-back-not-verified',
    reason: `${reason}; not verified: ${open.map((result) => result.reason).join('; ')}`,
  };
}

async function close(record: MigrationRecord, frozen: FrozenPlan, ending: Ending): Promise<void> {
  record.end({ ...ending, endedAt: Date.now() });
  upsertMemo({ outcome: record.status.outcome });
  // A run that did not end verified keeps its locks until somebody finished its rollback.
  if (record.holdsLocks && ending.kind !== 'rolled-back-not-verified') {
    const { workflowId, runId } = record.run;
    await host.releaseLocks.executeWithOptions({ summary: 'Release the locks' }, [
      { environment: frozen.environment.id, run: workflowId, runId },
    ]);
  }
  await announce(record.run, frozen.environment, {
    kind: 'ended',
    title: `${frozen.plan.title}: ${ending.kind}`,
    text: ending.reason,
    to: frozen.environment.people.map((person) => person.name),
  });
  await condition(allHandlersFinished);
}
