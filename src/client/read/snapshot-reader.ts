import type { WindowHeartbeat } from '../../activities/contract.js';
import type { FrozenPlan } from '../../plan/model.js';
import type { PhaseStatus, PhaseSummary, RollbackStatus, RunStatus } from '../../plan/run-status.js';
import type { Link } from '../connection/link.js';
import { cleanDeep } from '../render/clean.js';
import { describeRun, type Described } from './describe.js';
import { fallbackSnapshot } from './fallback.js';
import { readFamily, type Relative } from './family.js';
import { readHistory } from './history.js';
import { ledgerFrom } from './ledger.js';
import { queryStatus, unansweredText, type Asked } from './query.js';
import { readFrozen } from './run-input.js';
import { settle } from './settle.js';
import type { LiveWindow, RunRef, RunSnapshot, Trouble } from './snapshot.js';

type Unanswered = Extract<Asked<unknown>, { why: unknown }>;

interface PhaseView {
  status: PhaseStatus;
  windows: LiveWindow[];
  troubles: Trouble[];
}

/** Reads snapshots of one run, again and again; what cannot change any more is read once. */
export class SnapshotReader {
  private readonly link: Link;
  private readonly run: RunRef;
  private readonly expected: RunRef | undefined;
  private frozen: FrozenPlan | undefined;
  private readonly ended = new Map<string, PhaseView>();

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
    const started = run.phases.filter((phase) => phase.runId !== undefined);
    const views = await Promise.all(started.map((phase) => this.phase(phase)));
    const silent = views.find((view) => 'why' in view);
    if (silent) return silent;
    const phases = views.filter((view) => 'windows' in view);
    const rollbacks = await this.rollbacks(run, phases, described);
    if ('why' in rollbacks) return rollbacks;
    return {
      schemaVersion: 1,
      at: Date.now(),
      run,
      frozen,
      phases: phases.map((view) => view.status),
      rollbacks,
      windows: phases.flatMap((view) => view.windows),
      troubles: phases.flatMap((view) => view.troubles),
    };
  }

  private async phase(summary: PhaseSummary): Promise<PhaseView | Unanswered> {
    const { workflowId, runId = '' } = summary;
    const known = this.ended.get(runId);
    if (known) return known;
    const [asked, described] = await Promise.all([
      queryStatus<PhaseStatus>(this.link, { workflowId, runId }),
      describeRun(this.link, workflowId, runId),
    ]);
    if ('why' in asked) return asked;
    const view = { ...asked, ...activitiesOf(described) };
    if (!described.open) this.ended.set(runId, view);
    return view;
  }

  private async rollbacks(
    run: RunStatus,
    phases: readonly PhaseView[],
    described: Described
  ): Promise<RollbackStatus[] | Unanswered> {
    const named = run.rollbacks.length > 0 || phases.some((view) => view.status.rollback !== undefined);
    if (!named && described.open) return [];
    const family = await this.family();
    const rollbacks = family.filter((relative) => relative.type === 'rollback');
    const asked = await Promise.all(rollbacks.map((relative) => queryStatus<RollbackStatus>(this.link, relative)));
    return asked.find((one) => 'why' in one) ?? asked.flatMap((one) => ('status' in one ? [one.status] : []));
  }

  private async closed(snapshot: RunSnapshot, described: Described): Promise<RunSnapshot> {
    const family = (await this.family()).filter(moves);
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

  private async family(): Promise<Relative[]> {
    const { expected } = this;
    const family = await readFamily(this.link, this.run);
    if (!expected || family.some((relative) => relative.runId === expected.runId)) return family;
    return [...family, await describeRun(this.link, expected.workflowId, expected.runId)];
  }

  private async ledger(family: readonly Relative[]): Promise<ReturnType<typeof ledgerFrom>> {
    return ledgerFrom(await Promise.all(family.map((relative) => readHistory(this.link, relative))));
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
