import { deploymentPhases } from '../plan/phases.js';
import { rollbackLine } from '../plan/text/command-lines.js';
import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  defineQuery,
  isCancellation,
  patched,
  setHandler,
  setWorkflowOptions,
  TemporalFailure,
  upsertMemo,
} from '@temporalio/workflow';
import { stranger } from '../plan/gate-rules.js';
import type { FrozenPlan, RunInput } from '../plan/model.js';
import { outcomeWords } from '../plan/outcome.js';
import { findPerson } from '../plan/people.js';
import type { RunStatus } from '../plan/run-status.js';
import { unfitForProduction } from '../plan/standing.js';
import { counted } from '../plan/text/spans.js';
import { statusQuery } from '../plan/wire.js';
import { announce } from './announce.js';
import { endEarlierCleanup, startCleanup } from './migration/clean-up.js';
import { stopAfterReset, stopRun, type Ending } from './migration/ending.js';
import { keepGuard, type Guarding } from './migration/guarding.js';
import { measureKpis } from './migration/kpis.js';
import { IncidentDesk } from './migration/incidents.js';
import { lock } from './migration/locking.js';
import { listenToPhase } from './migration/news.js';
import { listenToPeople } from './migration/people.js';
import { runPhase } from './migration/phases.js';
import { MigrationRecord } from './migration/record.js';
import { listenToTrouble } from './migration/trouble.js';
import { Minutes } from './minutes.js';
import { cancelled, type Stop } from './phase/stop.js';
import { releaseLocks } from './release-locks.js';
import { isAfterReset } from './reset.js';

setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, migration);

/**
 * One execution of a plan in an environment: takes the locks, runs the phases in dependency order, and when one stops
 * takes back what its stop reaches. The outcome stands in the memo `outcome`, readable without a worker.
 *
 * Ends COMPLETED with its last status; FAILED with the outcome's kind as type; CANCELED after a Temporal cancel.
 */
export async function migration(input: RunInput): Promise<RunStatus> {
  const record = new MigrationRecord(input, current(input));
  const story = new CancellationScope();
  setHandler(defineQuery<RunStatus>(statusQuery), () => record.status, {
    description: 'Everything known about this run.',
  });
  listenToPhase(record);
  const interrupt = (): void => story.cancel();
  const desk = new IncidentDesk(record, interrupt);
  desk.listen();
  listenToTrouble(record, desk, interrupt);
  listenToPeople(record, desk, interrupt);
  const guarding = keepGuard(record);

  const root = CancellationScope.current();
  const minutes = new Minutes(record.frozen.environment.id);
  const ending = await endingOf(record, minutes, story, () => stopAsked(record, root));
  await CancellationScope.nonCancellable(() => close(record, minutes, { desk, guarding }, ending));
  if (ending.kind === 'completed') return record.status;
  const message = `${ending.kind}: ${ending.reason}`;
  if (root.consideredCancelled) throw new CancelledFailure(message);
  throw ApplicationFailure.create({ message, type: ending.kind, nonRetryable: true, details: [record.status] });
}

function current(input: RunInput): FrozenPlan {
  const frozen = input.versions.at(-1);
  if (!frozen) throw ApplicationFailure.nonRetryable('the run was started without a plan', 'PG100');
  return frozen;
}

/** The run as the release manager would tell it. */
async function tell(record: MigrationRecord, minutes: Minutes, asked: () => Stop | undefined): Promise<Ending> {
  if (isAfterReset('locks')) return stopAfterReset(record);
  // Of a stranger nobody could say that they do not approve what they started.
  const unknown = unknownStarter(record);
  if (unknown) return { kind: 'failed', reason: unknown };
  // The command line says so before it starts anything; whoever starts it by other means is told here.
  const unfit = unfitForProduction(record.frozen);
  if (unfit !== undefined) return { kind: 'failed', reason: `PG117 ${unfit}` };
  // A cancel must not leave a lock behind that nobody knows of.
  const refusal = await CancellationScope.nonCancellable(() => lock(record));
  if (refusal) return { kind: 'failed', reason: refusal };
  await endEarlierCleanup(record);
  const { phases } = record.frozen.plan;
  for (const phase of phases) {
    await record.mayBegin(phase);
    if (isAfterReset(phase.id)) return stopAfterReset(record);
    // The deployment is over, and days of waiting begin.
    if (phase.stage) minutes.flush();
    const result = await runPhase(record, phase);
    for (const document of result.minutes ?? []) minutes.keep(document);
    minutes.gather(result.gathered ?? []);
    if (result.verdict === 'FAIL') return stopRun(record, asked, result, result);
    record.keep(phase.id, result);
    const stop = asked();
    if (stop) return stopRun(record, asked, stop);
  }
  await record.notHeld();
  // Behind the validation nobody is left who could be asked whether everything is taken back.
  if (phases.at(-1)?.stage) record.settle();
  minutes.flush();
  await minutes.written();
  // Trouble is heard until here.
  await record.notHeld();
  return { kind: 'completed', reason: allDone(record) };
}

function unknownStarter({ frozen, run }: MigrationRecord): string | undefined {
  const { people } = frozen.environment;
  if (findPerson(people, run.startedBy)) return undefined;
  const { code, reason } = stranger(people, run.startedBy);
  return `${code} ${reason}: start it with --as NAME`;
}

function allDone({ frozen, kept }: MigrationRecord): string {
  const { phases } = frozen.plan;
  const [first, ...others] = deploymentPhases(phases);
  const stages = phases.filter(({ stage }) => stage);
  const waived = kept
    .filter(({ id }) => stages.some((stage) => stage.id === id))
    .reduce((sum, { result }) => sum + result.status.waivers.length, 0);
  const how = waived > 0 ? ` and validated, with ${counted(waived, 'waiver')}` : ' and validated';
  const validated = stages.length > 0 ? how : '';
  if (first && others.length === 0) return `its one phase, ${first.id}, completed${validated}`;
  return `all ${others.length + 1} phases completed${validated}`;
}

async function endingOf(
  record: MigrationRecord,
  minutes: Minutes,
  story: CancellationScope,
  asked: () => Stop | undefined
): Promise<Ending> {
  try {
    return await story.run(() => tell(record, minutes, asked));
  } catch (error) {
    const stop = asked();
    if (isCancellation(error) && stop) return stopRun(record, asked, stop);
    if (!(error instanceof TemporalFailure)) throw error;
    const reason = `${error.cause?.message ?? error.message}; finish it with: ${rollbackLine(record.run.workflowId)}`;
    return { kind: 'rolled-back-not-verified', reason };
  }
}

/** What people want to be taken back by now, as wide as anybody asked. */
function stopAsked({ stop }: MigrationRecord, root: CancellationScope): Stop | undefined {
  if (stop?.reach === 'all' || !root.consideredCancelled) return stop;
  return cancelled;
}

async function close(
  record: MigrationRecord,
  minutes: Minutes,
  { desk, guarding }: { desk: IncidentDesk; guarding: Guarding },
  ending: Ending
): Promise<void> {
  record.isClosing = true;
  await guarding.end();
  const { run, frozen } = record;
  const { environment, plan } = frozen;
  const { problem, left } = await unlockAndLeave(record, ending);
  await desk.close(ending);
  minutes.flush();
  await minutes.written();
  await measureKpis(record);
  const reason = [ending.reason, left, problem, minutes.giveUp()].filter((part) => part !== undefined).join('; ');
  record.end({ kind: ending.kind, reason, endedAt: Date.now() });
  upsertMemo({ outcome: record.status.outcome });
  await announce(run, environment, {
    kind: 'ended',
    title: `${plan.title}: ${outcomeWords(ending.kind)}`,
    text: reason,
    to: environment.people.map((person) => person.name),
  });
  await condition(allHandlersFinished);
}

/**
 * Gives back the locks and starts what is left to do, in this order: an owner who answers at once is not refused for
 * locks of the very run whose flags they remove.
 */
async function unlockAndLeave(
  record: MigrationRecord,
  ending: Ending
): Promise<{ problem: string | undefined; left: string | undefined }> {
  const { run, frozen } = record;
  const leaves = ending.kind === 'completed' && frozen.plan.cleanup !== undefined;
  const isOld = leaves && !patched('unlocked-before-cleanup');
  const early = isOld ? await startCleanup(record) : undefined;
  // A run that did not end verified keeps its locks until somebody finished its rollback.
  const release = record.holdsLocks && ending.kind !== 'rolled-back-not-verified';
  const problem = release ? await releaseLocks(frozen.environment.id, run) : undefined;
  return { problem, left: leaves && !isOld ? await startCleanup(record) : early };
}
