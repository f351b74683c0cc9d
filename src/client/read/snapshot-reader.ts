import { runLedger, type RunLedger } from '../../plan/ledger-history.js';
import type { FrozenPlan } from '../../plan/model.js';
import { isRollbackAgain } from '../../plan/names.js';
import type { PhaseStatus, RollbackStatus, RunStatus } from '../../plan/run-status.js';
import type { IncidentStatus } from '../../plan/watch-status.js';
import type { Link } from '../connection/link.js';
import { cleanDeep } from '../render/clean.js';
import { atWork, type AtWork } from './at-work.js';
import type { Builds } from './build-words.js';
import { kpisSince } from '../../plan/kpis.js';
import { cleanupFromHistory, describeCleanup } from './cleanup-part.js';
import { currentOf, describeIfOf, describeRun, type Described } from './describe.js';
import { runFromOutside } from './fallback.js';
import { moves, readFamily, type Relative } from './family.js';
import { readGuard } from './guard-part.js';
import { readHistory, readInput, type HistoryFacts } from './history.js';
import { incidentFromHistory, incidentIds } from './incidents.js';
import { phaseFromHistory } from './phase-from-history.js';
import { pollingBuilds } from './pollers.js';
import { queryStatus, silentPartsText, unansweredText, type Why } from './query.js';
import { rollbackFromHistory } from './rollback-from-history.js';
import { readFrozen } from './run-input.js';
import { settle } from './settle.js';
import type { RunRef, RunSnapshot } from './snapshot.js';
import { UnpolledLook } from './unpolled.js';

/** One phase or rollback: what it says, or what its history tells, and what its running activities tell. */
interface Part<T> extends AtWork {
  status: T;
  /** Set when it is open: the build that alone can go on with it, where there is one. */
  pinnedTo?: string;
  /** Set when it is open and did not answer. */
  silent?: Why;
}

/** What is known of a run before any of its members is asked. */
interface Around {
  described: Described;
  frozen: FrozenPlan;
  /** Set when the run has ended: its family, as it stood before any of it was read. */
  closed?: Relative[];
}

/** Asked only while somebody does not answer; more than it, the advice loses. */
const buildsWithinMs = 400;

/** Which phases and rollbacks of a run are read. */
export type Parts = 'all' | 'open';

type Read<T> = (history: HistoryFacts, relative: Relative) => T;

/** Reads snapshots of one run, again and again; what cannot change any more is read once. */
export class SnapshotReader {
  private readonly link: Link;
  private readonly run: RunRef;
  private readonly expected: RunRef | undefined;
  private frozen: FrozenPlan | undefined;
  private readonly ended = new Map<string, Part<unknown>>();
  private readonly unpolled: UnpolledLook;

  /** @param expected a rollback that was just started: the visibility store may not show it yet */
  constructor(link: Link, run: RunRef, expected?: RunRef) {
    this.link = link;
    this.run = run;
    this.expected = expected;
    this.unpolled = new UnpolledLook(link);
  }

  /**
   * @param parts `open`: without the guard, and the phases and rollbacks that have ended, as far as the run knows; each
   *   costs a history
   * @throws PhasegateError PG403 when the run is unknown, PG401 when the server cannot be reached
   */
  async read(parts: Parts = 'all'): Promise<RunSnapshot> {
    const [described, frozen, asked] = await Promise.all([
      describeRun(this.link, this.run.workflowId, this.run.runId),
      this.readFrozen(),
      queryStatus<RunStatus>(this.link, this.run),
    ]);
    // Read before its members are: whatever it calls closed, their histories tell to the end.
    const closed = described.open ? undefined : await this.family(described);
    const around = { described, frozen, ...(closed ? { closed } : {}) };
    const found =
      'status' in asked ? await this.answered(asked.status, around, parts) : await this.unanswered(asked.why, around);
    // Whoever answers a gate is shown no guard, and must not wait for one.
    const watched = parts === 'all' && frozen.plan.guard !== undefined;
    const [watch, incidents] = await Promise.all([
      watched ? readGuard(this.link, described, found.noWorker === undefined) : undefined,
      this.incidents(found, described, parts),
    ]);
    // Locks, the decisions kept at its end, notices: the run has activities of its own.
    const troubles = [...atWork(described).troubles, ...found.troubles, ...(watch?.troubles ?? [])];
    const guard = watch ? { guard: watch.guard } : {};
    const windows = [...found.windows, ...incidents.windows];
    const snapshot = { ...found, troubles, windows, ...guard, ...incidents.known };
    return closed ? this.closed(snapshot, described, closed.filter(moves)) : snapshot;
  }

  private async readFrozen(): Promise<FrozenPlan> {
    this.frozen ??= cleanDeep(await readFrozen(this.link, this.run));
    return this.frozen;
  }

  /** A phase may not answer though its migration did: phases stay with the build that began them. */
  private async answered(run: RunStatus, around: Around, which: Parts): Promise<RunSnapshot> {
    const { described, frozen } = around;
    const started = run.phases.flatMap(({ workflowId, runId, endedAt }) =>
      runId === undefined || (which === 'open' && endedAt !== undefined) ? [] : [{ workflowId, runId }]
    );
    // The migration knows the execution that it started; a person may have reset it since.
    const current = await Promise.all(started.map((ref) => currentOf(this.link, ref)));
    const phases = await this.parts(current, phaseFromHistory, true);
    const undoing = (await this.rollbackRefs(run, phases, around)).filter(({ open }) => open || which === 'all');
    const rollbacks = await this.parts(undoing, rollbackFromHistory, true);
    const silent = [...phases, ...rollbacks].flatMap(({ status: { workflowId }, silent: why, pinnedTo }) =>
      why === undefined ? [] : [{ workflowId, why, pinnedTo }]
    );
    const noWorker = silent.length > 0 ? silentPartsText(silent, await this.builds(frozen)) : undefined;
    const waiting = [atWork(described), ...phases, ...rollbacks].flatMap((part) => part.waiting);
    const unpolled = await this.unpolled.text(waiting, frozen.environment.id, Date.now());
    const snapshot = snapshotOf(run, frozen, phases, rollbacks, noWorker);
    return unpolled === undefined ? snapshot : { ...snapshot, unpolled };
  }

  private async unanswered(why: Why, { described, frozen, closed }: Around): Promise<RunSnapshot> {
    const family = closed ?? (await this.family(described));
    // A worker that answers, though not for the migration, answers for its phases at once; none costs a second each.
    const ask = why !== 'no worker';
    const of = (type: string): Relative[] => family.filter((relative) => relative.type === type);
    const [phases, rollbacks, input, builds] = await Promise.all([
      this.parts(of('deploymentPhase'), phaseFromHistory, ask),
      this.parts(of('rollback'), rollbackFromHistory, ask),
      readInput(this.link, described),
      this.builds(frozen),
    ]);
    const startedBy = (input as { startedBy?: string }).startedBy ?? 'unknown';
    const statuses = phases.map((part) => part.status);
    const run = cleanDeep(runFromOutside(described, frozen, family, statuses, startedBy));
    const pinned = [...phases, ...rollbacks].flatMap(({ status: { workflowId }, pinnedTo }) =>
      pinnedTo === undefined ? [] : [{ workflowId, pinnedTo }]
    );
    return snapshotOf(run, frozen, phases, rollbacks, unansweredText(why, pinned, builds));
  }

  private async builds({ environment }: FrozenPlan): Promise<Builds> {
    const { namespace } = this.link.settings;
    return {
      polling: await pollingBuilds(this.link, Date.now(), buildsWithinMs),
      namespace,
      environmentId: environment.id,
    };
  }

  /** Rollbacks are named by their phase or run only when they have ended, so Temporal is asked for them. */
  private async rollbackRefs(
    run: RunStatus,
    phases: ReadonlyArray<Part<PhaseStatus>>,
    { described, closed }: Around
  ): Promise<Relative[]> {
    const undoing = run.state === 'rolling back' || phases.some((part) => part.status.state === 'rolling back');
    const undone = run.rollbacks.length > 0 || phases.some((part) => part.status.rollback !== undefined);
    // A phase that does not answer may have begun one.
    const unknown = phases.some((part) => part.silent !== undefined);
    if (!closed && !undoing && !undone && !unknown) return [];
    return (closed ?? (await this.family(described))).filter((relative) => relative.type === 'rollback');
  }

  private parts<T extends object>(
    refs: readonly RunRef[],
    fromHistory: Read<T>,
    ask: boolean
  ): Promise<Array<Part<T>>> {
    return Promise.all(refs.map((ref) => this.part(ref, fromHistory, ask)));
  }

  /** What has ended is read from its history: no worker of a later build could answer for it. */
  private async part<T extends object>(ref: RunRef, fromHistory: Read<T>, ask: boolean): Promise<Part<T>> {
    const known = this.ended.get(ref.runId);
    // A run id belongs to one workflow, whose status always has one shape.
    if (known) return known as Part<T>;
    const described = await describeRun(this.link, ref.workflowId, ref.runId);
    const asked = described.open && ask ? await queryStatus<T>(this.link, ref) : undefined;
    const { open, pinnedTo } = described;
    const around = { ...atWork(described), ...(open && pinnedTo !== undefined ? { pinnedTo } : {}) };
    if (asked && 'status' in asked) return { ...asked, ...around };
    const status = cleanDeep(fromHistory(await readHistory(this.link, ref), described));
    const part = { status, ...around, ...(asked ? { silent: asked.why } : {}) };
    if (!described.open) this.ended.set(ref.runId, part);
    return part;
  }

  private async closed(snapshot: RunSnapshot, described: Described, family: Relative[]): Promise<RunSnapshot> {
    const outcome = described.outcome;
    const stillOpen = family.filter((relative) => relative.open).length;
    const ledger = outcome || stillOpen > 0 ? undefined : await this.ledger(family);
    const run = settle(snapshot.run, {
      status: described.status,
      closedAt: described.closedAt ?? snapshot.at,
      ...(outcome ? { outcome } : {}),
      stillOpen,
      again: snapshot.rollbacks.filter((rollback) => isRollbackAgain(rollback.workflowId)),
      ...(ledger ? { ledger } : {}),
      rollbacks: snapshot.rollbacks,
    });
    const left = await this.leftToDo(snapshot, described);
    const again = snapshot.rollbacks.filter((rollback) => isRollbackAgain(rollback.workflowId));
    const since = {
      rollbacksUntil: run.rollbacks.filter((id) => !isRollbackAgain(id)).length,
      rollbacks: again.length,
      takenBack: again.some(({ undos }) => undos.length > 0),
      cleanup: left.cleanup,
    };
    const kpis = run.kpis && kpisSince(run.kpis, snapshot.frozen.plan.kpis ?? [], since);
    return { ...snapshot, ...left, run: { ...run, ...(kpis ? { kpis } : {}) } };
  }

  /** The run names its incidents; of one that does not answer, or has ended, Temporal is asked for them. */
  private async incidents(
    { run, frozen, noWorker }: RunSnapshot,
    { workflowId, firstRunId, open }: Described,
    which: Parts
  ): Promise<{ known: Pick<RunSnapshot, 'incidents'>; windows: RunSnapshot['windows'] }> {
    if (!frozen.plan.incidents) return { known: {}, windows: [] };
    const named = (run.incidents ?? []).filter(({ state }) => which === 'all' || state !== 'closed');
    const listed = open && noWorker === undefined ? [] : await incidentIds(this.link, workflowId, firstRunId);
    const ids = [...new Set([...named.map((one) => one.workflowId), ...listed])];
    const found = await Promise.all(ids.map((id) => describeIfOf(this.link, id, firstRunId)));
    const parts = await Promise.all(
      found.flatMap((one) => (one ? [this.part<IncidentStatus>(one, incidentFromHistory, noWorker === undefined)] : []))
    );
    const incidents = parts.map(({ status }) => status).toSorted((a, b) => a.number - b.number);
    return { known: { incidents }, windows: parts.flatMap(({ windows }) => windows) };
  }

  /** The clean-up, if there is one: it is asked, and read from its history when it does not answer. */
  private async leftToDo(snapshot: RunSnapshot, described: Described): Promise<Partial<RunSnapshot>> {
    if (!snapshot.frozen.plan.cleanup) return {};
    const found = await describeCleanup(this.link, described);
    if (!found) return {};
    const { status, silent, windows, troubles } = await this.part<PhaseStatus>(
      { workflowId: found.workflowId, runId: found.runId },
      (history) => cleanupFromHistory(history, found),
      snapshot.noWorker === undefined
    );
    return {
      cleanup: status,
      windows: [...snapshot.windows, ...windows],
      troubles: [...snapshot.troubles, ...troubles],
      ...(silent === undefined ? {} : { noWorker: unansweredText(silent, [], await this.builds(snapshot.frozen)) }),
    };
  }

  private async family(run: Described): Promise<Relative[]> {
    const { expected } = this;
    const family = await readFamily(this.link, run);
    if (!expected || family.some((relative) => relative.runId === expected.runId)) return family;
    return [...family, await describeRun(this.link, expected.workflowId, expected.runId)];
  }

  private async ledger(family: readonly Relative[]): Promise<RunLedger> {
    return runLedger(await Promise.all(family.map((relative) => readHistory(this.link, relative))));
  }
}

function snapshotOf(
  run: RunStatus,
  frozen: FrozenPlan,
  phases: ReadonlyArray<Part<PhaseStatus>>,
  rollbacks: ReadonlyArray<Part<RollbackStatus>>,
  noWorker: string | undefined
): RunSnapshot {
  const parts = [...phases, ...rollbacks];
  return {
    schemaVersion: 1,
    at: Date.now(),
    run,
    frozen,
    phases: phases.map((part) => part.status),
    rollbacks: rollbacks.map((part) => part.status),
    windows: parts.flatMap((part) => part.windows),
    troubles: parts.flatMap((part) => part.troubles),
    ...(noWorker === undefined ? {} : { noWorker }),
  };
}
