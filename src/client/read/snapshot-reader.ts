import type { WindowHeartbeat } from '../../activities/contract.js';
import { runLedger, type RunLedger } from '../../plan/ledger-history.js';
import type { FrozenPlan } from '../../plan/model.js';
import type { PhaseStatus, RollbackStatus, RunStatus } from '../../plan/run-status.js';
import type { Link } from '../connection/link.js';
import { cleanDeep } from '../render/clean.js';
import { currentOf, describeRun, type Described } from './describe.js';
import { fallbackSnapshot } from './fallback.js';
import { readFamily, type Relative } from './family.js';
import { readHistory } from './history.js';
import { queryStatus, unansweredText, type Asked } from './query.js';
import { readFrozen } from './run-input.js';
import { settle } from './settle.js';
import type { LiveWindow, RunRef, RunSnapshot, Trouble } from './snapshot.js';

type Unanswered = Extract<Asked<unknown>, { why: unknown }>;

/** One phase or rollback: what it says, and what its running activities tell. */
interface Part<T> {
  status: T;
  windows: LiveWindow[];
  troubles: Trouble[];
}

/** Reads snapshots of one run, again and again; what cannot change any more is read once. */
export class SnapshotReader {
  private readonly link: Link;
  private readonly run: RunRef;
  private readonly expected: RunRef | undefined;
  private frozen: FrozenPlan | undefined;
  private readonly ended = new Map<string, Part<unknown>>();

  /** @param expected a rollback that was just started: the visibility store may not show it yet */
  constructor(link: Link, run: RunRef, expected?: RunRef) {
    this.link = link;
    this.run = run;
    this.expected = expected;
  }

  /** @throws PhasegateError PG403 when the run is unknown, PG401 when the server cannot be reached */
  async read(): Promise<RunSnapshot> {
    const [described, frozen, status] = await Promise.all([
      describeRun(this.link, this.run.workflowId, this.run.runId),
      this.readFrozen(),
      queryStatus<RunStatus>(this.link, this.run),
    ]);
    const asked = 'status' in status ? await this.fromQueries(status.status, described, frozen) : status;
    const snapshot = 'why' in asked ? await this.fallback(asked.why, described, frozen) : asked;
    return described.open ? snapshot : this.closed(snapshot, described);
  }

  private async readFrozen(): Promise<FrozenPlan> {
    this.frozen ??= cleanDeep(await readFrozen(this.link, this.run));
    return this.frozen;
  }

  private async fallback(why: Unanswered['why'], described: Described, frozen: FrozenPlan): Promise<RunSnapshot> {
    return cleanDeep(await fallbackSnapshot(this.link, described, frozen, unansweredText(why, frozen.environment.id)));
  }

  /** A phase may not answer though its migration did: then nothing of the answers is used. */
  private async fromQueries(
    run: RunStatus,
    described: Described,
    frozen: FrozenPlan
  ): Promise<RunSnapshot | Unanswered> {
    const started = run.phases.flatMap(({ workflowId, runId }) => (runId === undefined ? [] : [{ workflowId, runId }]));
    // The migration knows the execution that it started; a person may have reset it since.
    const current = await Promise.all(started.map((ref) => currentOf(this.link, ref)));
    const phases = await this.parts<PhaseStatus>(current);
    if ('why' in phases) return phases;
    const rollbacks = await this.parts<RollbackStatus>(await this.rollbackRefs(run, phases, described));
    if ('why' in rollbacks) return rollbacks;
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
    };
  }

  /** Rollbacks are named by their phase or run only when they have ended, so Temporal is asked for them. */
  private async rollbackRefs(
    run: RunStatus,
    phases: ReadonlyArray<Part<PhaseStatus>>,
    described: Described
  ): Promise<RunRef[]> {
    const undoing = run.state === 'rolling back' || phases.some((part) => part.status.state === 'rolling back');
    const undone = run.rollbacks.length > 0 || phases.some((part) => part.status.rollback !== undefined);
    if (described.open && !undoing && !undone) return [];
    return (await this.family(described)).filter((relative) => relative.type === 'rollback');
  }

  private async parts<T>(refs: readonly RunRef[]): Promise<Array<Part<T>> | Unanswered> {
    const asked = await Promise.all(refs.map((ref) => this.part<T>(ref)));
    return asked.find((one) => 'why' in one) ?? asked.filter((one) => 'status' in one);
  }

  private async part<T>(ref: RunRef): Promise<Part<T> | Unanswered> {
    const known = this.ended.get(ref.runId);
    // A run id belongs to one workflow, whose status always has one shape.
    if (known) return known as Part<T>;
    const [asked, described] = await Promise.all([
      queryStatus<T>(this.link, ref),
      describeRun(this.link, ref.workflowId, ref.runId),
    ]);
    if ('why' in asked) return asked;
    const part = { ...asked, ...activitiesOf(described) };
    if (!described.open) this.ended.set(ref.runId, part);
    return part;
  }

  private async closed(snapshot: RunSnapshot, described: Described): Promise<RunSnapshot> {
    const family = (await this.family(described)).filter(moves);
    const outcome = described.outcome;
    const stillOpen = family.filter((relative) => relative.open).length;
    const ledger = outcome || stillOpen > 0 ? undefined : await this.ledger(family);
    const run = settle(snapshot.run, {
      status: described.status,
      closedAt: described.closedAt ?? snapshot.at,
      ...(outcome ? { outcome } : {}),
      stillOpen,
      again: snapshot.rollbacks.filter((rollback) => /\/rollback\/again-\d+$/.test(rollback.workflowId)),
      ...(ledger ? { ledger } : {}),
      rollbacks: snapshot.rollbacks,
    });
    return { ...snapshot, run };
  }

  private async family(described: Described): Promise<Relative[]> {
    const { expected } = this;
    const family = await readFamily(this.link, described);
    if (!expected || family.some((relative) => relative.runId === expected.runId)) return family;
    return [...family, await describeRun(this.link, expected.workflowId, expected.runId)];
  }

  private async ledger(family: readonly Relative[]): Promise<RunLedger> {
    return runLedger(await Promise.all(family.map((relative) => readHistory(this.link, relative))));
  }
}

/** Only phases and rollbacks hold or undo changes. */
export function moves(relative: Relative): boolean {
  return relative.type === 'deploymentPhase' || relative.type === 'rollback';
}

function activitiesOf(described: Described): { windows: LiveWindow[]; troubles: Trouble[] } {
  const { workflowId, activities } = described;
  const windows = activities.flatMap(({ type, heartbeat, heartbeatAt }) =>
    type === 'watchWindow' && isHeartbeat(heartbeat)
      ? [{ workflowId, heartbeat: cleanDeep(heartbeat), at: heartbeatAt ?? 0 }]
      : []
  );
  const troubles = activities.flatMap(({ type, attempt, failure }) =>
    failure === undefined ? [] : [{ workflowId, activity: type, attempt, reason: cleanDeep(failure) }]
  );
  return { windows, troubles };
}

function isHeartbeat(value: unknown): value is WindowHeartbeat {
  return typeof value === 'object' && value !== null && 'k' in value && 'state' in value && 'latest' in value;
}
