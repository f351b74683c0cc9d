import type { Client } from '@temporalio/client';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { LedgerEntry } from '../../plan/change.js';
import type { FlagSource, FrozenPlan, RunInput } from '../../plan/model.js';
import type { PhaseResult } from '../../plan/run-status.js';
import { statusQuery } from '../../plan/wire.js';
import type { Execution } from './executions.js';

/** Flags that a run moves. */
export interface MovedFlags {
  source: FlagSource;
  keys: readonly string[];
}

/** A query waits no longer: a worker that is alive takes some 20 ms. */
const answerWithinMs = 2_000;

/** What was told is asked for again when it is older, grown or not: where no worker is there any more, nobody answers. */
const goodForMs = 60_000;
/** So many of those in one look: what waits must cost a worker next to nothing. */
const againAtOnce = 100;

interface Told {
  length: number;
  status: unknown;
  /** Epoch ms of the look. */
  at: number;
}

/**
 * Reads what single executions say. A status is asked for when the history has grown since it was told, and now and then
 * without that: what waits costs the server one look and a worker little. What has ended cannot change and is read once.
 * Of what is read once only the little that is told of it stays in memory.
 */
export class ExecutionReader {
  private readonly client: Client;
  /** The oldest first. */
  private readonly told = new Map<string, Told>();
  /** Epoch ms of this look. */
  private now = 0;
  private again: ReadonlySet<string> = new Set();
  private readonly inputs = new Map<string, MovedFlags>();
  private readonly ledgers = new Map<string, LedgerEntry[]>();

  constructor(client: Client) {
    this.client = client;
  }

  /** Begins a look. */
  begin(now: number): void {
    this.now = now;
    const old = [...this.told].filter(([, { at }]) => now - at >= goodForMs);
    this.again = new Set(old.slice(0, againAtOnce).map(([runId]) => runId));
  }

  /** Undefined when nobody answers for it. */
  async status<T>({ workflowId, runId }: Pick<Execution, 'workflowId' | 'runId'>): Promise<T | undefined> {
    const handle = this.client.workflow.getHandle(workflowId, runId);
    const at = this.now;
    try {
      const { historyLength: length } = await this.within(() => handle.describe());
      const known = this.told.get(runId);
      if (known && known.length === length && !this.again.has(runId)) return known.status as T;
      const status = await this.within(() => handle.query<T>(statusQuery));
      this.told.delete(runId);
      this.told.set(runId, { length, status, at });
      return status;
    } catch {
      this.told.delete(runId);
      return undefined;
    }
  }

  /** The flags that a run moves; undefined when its input cannot be read. */
  async moved(run: Pick<Execution, 'workflowId' | 'runId'>): Promise<MovedFlags | undefined> {
    const known = this.inputs.get(run.runId);
    if (known) return known;
    const { connection, options } = this.client;
    const { history } = await this.within(() =>
      connection.workflowService.getWorkflowExecutionHistory({
        namespace: options.namespace,
        execution: { workflowId: run.workflowId, runId: run.runId },
        maximumPageSize: 1,
      })
    );
    const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
    const [input] = await decodeArrayFromPayloads(options.loadedDataConverter, started?.input?.payloads);
    const frozen = (input as Partial<RunInput> | undefined)?.versions?.at(-1);
    if (!frozen) return undefined;
    const moved = movedFlags(frozen);
    this.inputs.set(run.runId, moved);
    return moved;
  }

  /** The changes of a phase that has ended; undefined when it returned nothing that can be read. */
  async ledger(workflowId: string, runId: string): Promise<LedgerEntry[] | undefined> {
    const known = this.ledgers.get(runId);
    if (known) return known;
    const handle = this.client.workflow.getHandle(workflowId, runId, { followRuns: false });
    const result = await this.within(() => handle.result() as Promise<PhaseResult>).catch((error: unknown) => {
      const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
      return cause instanceof ApplicationFailure ? (cause.details?.[0] as PhaseResult | undefined) : undefined;
    });
    if (result) this.ledgers.set(runId, result.ledger);
    return result?.ledger;
  }

  /** Forgets what is not open any more; ledgers of the phases of open runs stay. */
  keepOnly(runIds: ReadonlySet<string>): void {
    for (const known of [this.told, this.inputs, this.ledgers]) {
      for (const runId of known.keys()) if (!runIds.has(runId)) known.delete(runId);
    }
  }

  private within<T>(ask: () => Promise<T>): Promise<T> {
    return this.client.withDeadline(Date.now() + answerWithinMs, ask);
  }
}

function movedFlags({ plan, environment }: FrozenPlan): MovedFlags {
  const steps = plan.phases.flatMap((phase) => phase.steps);
  const keys = steps.flatMap((step) =>
    step.kind === 'flag' ? [step.key] : step.kind === 'traffic' ? [step.flag] : []
  );
  return { source: environment.flags, keys: [...new Set(keys)] };
}
