import { workflowInfo } from '@temporalio/workflow';
import { address } from '../../plan/address.js';
import type { Change, LedgerEntry } from '../../plan/change.js';
import { describeChange } from '../../plan/ledger.js';
import type { PhaseInput } from '../../plan/run-input.js';
import type { EvidenceRef } from '../../plan/run-facts.js';
import { host } from '../activities.js';
import { isAfterReset } from '../reset.js';
import { needOf } from '../slice.js';
import { saidNo, verdictOf, type StepOutcome } from './attempt.js';
import type { PhaseContext } from './context.js';
import type { PhaseRecord } from './record.js';

export interface ActionRequest {
  /** Step id; a traffic step adds its share (`ramp@25`). */
  step: string;
  attempt: number;
  title: string;
  change: Change;
  cannotUndo?: string | undefined;
  /** The longest that applying may take. */
  longestMs: number;
}

/**
 * Changes production in four steps: capture what is there, record it, apply, verify by reading back. The capture's
 * result stands in the history before the apply, so no crash can take the changed state for the original one.
 */
export class Actions {
  private readonly context: PhaseContext;
  private readonly record: PhaseRecord;
  /** Run id of the execution that asked about its reset: a second reset makes another one, which asks again. */
  private askedIn: string | undefined;

  constructor(context: PhaseContext, record: PhaseRecord) {
    this.context = context;
    this.record = record;
  }

  async act(request: ActionRequest): Promise<StepOutcome> {
    const at = address(this.context.input.phase.id, request.step, request.attempt);
    if (this.askedIn !== workflowInfo().runId && isAfterReset(at)) return this.afterReset();
    const captured = await this.capture(at, request);
    if (!('runId' in captured)) return captured;
    this.record.addLedgerEntry(captured);
    return this.applyAndVerify(captured, request.longestMs);
  }

  /** Nobody knows what the forgotten part of the run did: a person must look before anything is applied. */
  private async afterReset(): Promise<StepOutcome> {
    const read = await verdictOf(() => rememberLedger(this.context.input, this.record));
    if ('verdict' in read) return { verdict: 'HOLD', reason: `PG214 this run was reset, and ${unread(read.reason)}` };
    this.askedIn = read.askedBy;
    const list = read.forgotten.map((entry) => `${entry.id} (${describeChange(entry.change)})`).join(', ');
    const known = list === '' ? '' : `; it forgot ${list}, which a rollback takes back too`;
    return {
      verdict: 'HOLD',
      reason: `PG214 this run was reset, so actions may have been applied already${known}: compare the targets, then retry to go on`,
    };
  }

  private capture(at: string, request: ActionRequest): Promise<LedgerEntry | StepOutcome> {
    const { input, calls } = this.context;
    const { change, step, attempt, title, cannotUndo } = request;
    return verdictOf(() =>
      calls.reads.captureChange.executeWithOptions({ summary: `Capture before: ${describeChange(change)}` }, [
        {
          origin: this.context.origin(at, title),
          phase: input.phase.id,
          step,
          attempt,
          change,
          ...(cannotUndo === undefined ? {} : { cannotUndo }),
          environment: this.context.slice(needOf(change)),
        },
      ])
    );
  }

  private async applyAndVerify(entry: LedgerEntry, longestMs: number): Promise<StepOutcome> {
    const environment = this.context.slice(needOf(entry.change));
    const evidence: EvidenceRef[] = [];
    const applied = await verdictOf(
      () =>
        this.context.calls
          .changes(longestMs)
          .applyChange.executeWithOptions({ summary: `Apply: ${describeChange(entry.change)}` }, [
            { entry, environment },
          ]),
      saidNo
    );
    if (!('endedAt' in applied)) return applied;
    evidence.push(applied.evidence);
    if (applied.verdict !== 'PASS') return { verdict: applied.verdict, reason: applied.reason, evidence };
    const verified = await verdictOf(() =>
      this.context.calls.reads.verifyChange.executeWithOptions(
        { summary: `Read back: ${describeChange(entry.change)}` },
        [{ entry, environment }]
      )
    );
    if (!('endedAt' in verified)) return { ...verified, evidence };
    evidence.push(verified.evidence);
    const { verdict, found, reason } = verified;
    return { verdict, reason: verdict === 'PASS' ? found : reason, evidence };
  }
}

/**
 * Adds to the ledger what executions before a reset captured. Returns what this one did not know, and its run id.
 *
 * @throws ActivityFailure when their histories cannot be read: nothing waits for that longer than a minute
 */
export async function rememberLedger(
  { run }: PhaseInput,
  record: PhaseRecord
): Promise<{ forgotten: LedgerEntry[]; askedBy: string }> {
  const { workflowId } = workflowInfo();
  const { entries, askedBy } = await host.readLedger.executeWithOptions(
    { summary: 'What did the run change before its reset?', scheduleToCloseTimeout: '1m' },
    [{ workflowId, run: run.runId }]
  );
  return { forgotten: record.rememberLedger(entries), askedBy };
}

/** @param why from a failure to read */
export function unread(why: string): string {
  return `what it changed before could not be read (${why})`;
}
