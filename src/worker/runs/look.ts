import type { Client } from '@temporalio/client';
import type { FlagState, LedgerEntry } from '../../plan/change.js';
import type { FlagSource } from '../../plan/model.js';
import type { PhaseStatus, RollbackStatus, RunStatus } from '../../plan/run-status.js';
import type { AlertStatus, GuardStatus, IncidentStatus } from '../../plan/watch-status.js';
import { createLimiter } from '../../activities/metrics/limiter.js';
import { endedRuns, openExecutions, type Execution } from './executions.js';
import { inTime } from './in-time.js';
import { ExecutionReader, type MovedFlags } from './reader.js';
import type { Look, SeenRun } from './seen.js';

/** Reads a flag as its system has it. */
export type ReadFlag = (source: FlagSource, key: string, signal: AbortSignal) => Promise<FlagState>;

/**
 * Milliseconds; the first and the last from the start of a look. All end before the look itself is late: one system that
 * does not answer must leave what the others told.
 */
export interface LookLimits {
  /** All answers of the executions together. */
  answers: number;
  /** Each flag. */
  flag: number;
  /** All flags together, which are read after the executions. */
  flags: number;
}

const usual: LookLimits = { answers: 6_000, flag: 2_500, flags: 8_500 };

/** So many questions at once. */
const atOnce = 2;

/** Looks at the runs of one environment, again and again; what cannot change is read once. */
export class RunsLook {
  private readonly client: Client;
  private readonly environment: string;
  private readonly readFlag: ReadFlag;
  private readonly reader: ExecutionReader;
  private readonly limits: LookLimits;
  private readonly limit = createLimiter(atOnce);
  /** A flag system that is slow keeps no execution waiting. */
  private readonly limitFlags = createLimiter(atOnce);

  constructor(client: Client, environment: string, readFlag: ReadFlag, limits: LookLimits = usual) {
    this.client = client;
    this.environment = environment;
    this.readFlag = readFlag;
    this.limits = limits;
    this.reader = new ExecutionReader(client);
  }

  /**
   * What does not answer in time is silent: one that is stuck must not darken the others.
   *
   * @throws when the server cannot say which runs there are
   */
  async take(now: number, signal: AbortSignal): Promise<Look> {
    const answers = AbortSignal.any([signal, AbortSignal.timeout(this.limits.answers)]);
    const flags = AbortSignal.any([signal, AbortSignal.timeout(this.limits.flags)]);
    this.reader.begin(now);
    const [{ executions, unread }, ended] = await Promise.all([
      openExecutions(this.client, this.environment),
      endedRuns(this.client, this.environment, now),
    ]);
    const statuses = new Map<string, unknown>();
    await Promise.all(
      executions.map(async (execution) => {
        const ask = (): Promise<unknown> => inTime(this.reader.status(execution), answers);
        const status = await this.limit(ask, answers).catch(() => undefined);
        if (status !== undefined) statuses.set(execution.runId, status);
      })
    );
    const plans = new Set([...executions, ...ended].map(({ plan }) => plan));
    const runs = await Promise.all(
      [...plans].map((plan) => {
        const own = executions.filter((execution) => execution.plan === plan);
        return this.run(
          plan,
          own,
          ended.find((run) => run.plan === plan),
          statuses,
          flags,
          unread > 0
        );
      })
    );
    this.reader.keepOnly(this.inUse(executions, statuses));
    return { at: now, runs: runs.filter((run) => run !== undefined), asked: executions.length, unread };
  }

  private async run(
    plan: string,
    executions: readonly Execution[],
    ended: Execution | undefined,
    statuses: ReadonlyMap<string, unknown>,
    flagsOver: AbortSignal,
    isPart: boolean
  ): Promise<SeenRun | undefined> {
    const answered = <T>(type: string): T[] =>
      executions
        .filter((each) => each.type === type)
        .flatMap(({ runId }) => (statuses.get(runId) as T | undefined) ?? []);
    const silent = (type: string): boolean =>
      isPart || executions.some((each) => each.type === type && !statuses.has(each.runId));
    const migration = executions.find(({ type }) => type === 'migration');
    const told = migration ?? ended;
    // What outlived a run that ended long ago is told with the run that comes next.
    if (!told) return undefined;
    const status = migration && (statuses.get(migration.runId) as RunStatus | undefined);
    const [guard] = answered<GuardStatus>('guard');
    const phases = answered<PhaseStatus>('deploymentPhase');
    return {
      plan,
      state: status?.state ?? told.state,
      startedAt: told.startedAt,
      ...(migration ? { open: await this.open(migration, status, phases, flagsOver) } : {}),
      ...(guard ? { guard } : {}),
      rollbacks: answered<RollbackStatus>('rollback'),
      alerts: answered<AlertStatus>('alert').filter(({ state }) => state !== 'closed'),
      incidents: answered<IncidentStatus>('incident').filter(({ state }) => state !== 'closed'),
      silent: {
        gates: silent('deploymentPhase') || silent('rollback'),
        alerts: silent('alert'),
        incidents: silent('incident'),
      },
    };
  }

  private async open(
    migration: Execution,
    status: RunStatus | undefined,
    phases: PhaseStatus[],
    flagsOver: AbortSignal
  ): Promise<NonNullable<SeenRun['open']>> {
    const moved = await this.reader.moved(migration).catch(() => undefined);
    const [flags, inForce] = await Promise.all([
      moved ? this.flags(moved, flagsOver) : new Map<string, undefined>(),
      status ? this.inForce(status, phases) : undefined,
    ]);
    return { phases, flags, ...(status ? { status } : {}), ...(inForce ? { inForce } : {}) };
  }

  private async flags({ source, keys }: MovedFlags, over: AbortSignal): Promise<Map<string, FlagState | undefined>> {
    const read = keys.map(async (key): Promise<[string, FlagState | undefined]> => {
      const ask = (): Promise<FlagState> => {
        const late = AbortSignal.any([over, AbortSignal.timeout(this.limits.flag)]);
        return inTime(this.readFlag(source, key, late), late);
      };
      return [key, await this.limitFlags(ask, over).catch(() => undefined)];
    });
    return new Map(await Promise.all(read));
  }

  /** Undefined while something is taken back, or a phase does not tell what it changed: then nobody knows. */
  private async inForce(status: RunStatus, open: readonly PhaseStatus[]): Promise<LedgerEntry[] | undefined> {
    if (status.rollbacks.length > 0 || status.state === 'rolling back') return undefined;
    const ledgers = await Promise.all(
      status.phases.map(async ({ id, state, workflowId, runId, endedAt }): Promise<LedgerEntry[] | undefined> => {
        if (state === 'pending') return [];
        if (endedAt === undefined || runId === undefined) {
          const phase = open.find((each) => each.phase === id);
          return phase && phase.state !== 'rolling back' ? phase.ledger : undefined;
        }
        return await this.limit(() => this.reader.ledger(workflowId, runId));
      })
    );
    return ledgers.includes(undefined) ? undefined : ledgers.flatMap((ledger) => ledger ?? []);
  }

  private inUse(executions: readonly Execution[], statuses: ReadonlyMap<string, unknown>): Set<string> {
    const runs = executions.filter(({ type }) => type === 'migration');
    const phases = runs.flatMap(({ runId }) => (statuses.get(runId) as RunStatus | undefined)?.phases ?? []);
    return new Set([...executions.map(({ runId }) => runId), ...phases.flatMap(({ runId }) => runId ?? [])]);
  }
}
