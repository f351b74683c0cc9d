import type { CheckResult, Origin, WindowResult } from '../../activities/contract.js';
import type { LedgerEntry } from '../../plan/change.js';
import { ledgerOf } from '../../plan/ledger-history.js';
import type { PhaseInput } from '../../plan/run-input.js';
import type { PhaseResult, PhaseStatus, StepRecord } from '../../plan/run-status.js';
import { instantText, oneOf } from '../../plan/text/spans.js';
import type { Relative } from './family.js';
import type { ActivityFact, HistoryFacts } from './history.js';

/**
 * A phase's status without a worker: what it returned, when it has ended; else what its history shows. Gates and
 * answers live in the workflow, so an open phase read this way shows who is awaited, not for what.
 */
export function phaseFromHistory(history: HistoryFacts, relative: Relative): PhaseStatus {
  const result = history.result as Partial<PhaseResult> | undefined;
  if (result?.status) return result.status;
  const input = history.input as PhaseInput;
  return {
    schemaVersion: 1,
    phase: input.phase.id,
    title: input.phase.title,
    workflowId: history.workflowId,
    runId: history.runId,
    state: relative.open ? (relative.state ?? 'running') : 'failed',
    startedAt: history.startedAt,
    ...(history.endedAt === undefined ? {} : { endedAt: history.endedAt }),
    steps: stepsOf(history, input),
    gates: [],
    decisions: [],
    waivers: [],
    ledger: ledgerOf(history.activities),
    refusals: [],
    sentence: awaitedSentence(relative),
  };
}

export function awaitedSentence(relative: Pick<Relative, 'state' | 'awaiting' | 'deadlineAt'>): string {
  const until = relative.deadlineAt === undefined ? '' : ` until ${instantText(relative.deadlineAt)}`;
  const who = relative.awaiting.length > 0 ? ` for ${oneOf(relative.awaiting)}${until}` : '';
  return `last known: ${relative.state ?? 'started'}${who}`;
}

/** One record for each address that an activity worked for; the last activity of an address tells its state. */
function stepsOf(history: HistoryFacts, input: PhaseInput): StepRecord[] {
  const records = new Map<string, StepRecord>();
  for (const fact of history.activities) {
    const origin = originOf(fact);
    if (!origin?.address.includes('#')) continue;
    const before = records.get(origin.address);
    records.set(origin.address, {
      address: origin.address,
      id: origin.address.replace(/^[^/]*\//, '').replace(/#\d+$/, ''),
      part: input.phase.before.some((item) => origin.address.startsWith(`${input.phase.id}/${item.id}#`))
        ? 'before'
        : 'steps',
      kind: fact.type,
      title: origin.title,
      startedAt: before?.startedAt ?? fact.scheduledAt,
      ...(fact.endedAt === undefined ? {} : { endedAt: fact.endedAt }),
      ...resultOf(fact),
    });
  }
  return [...records.values()];
}

/** Changes are known by their ledger entry, everything else says where it comes from. */
function originOf({ input }: ActivityFact): Pick<Origin, 'address' | 'title'> | undefined {
  const { origin, entry } = (input ?? {}) as { origin?: Origin; entry?: LedgerEntry };
  return origin ?? (entry && { address: entry.id, title: entry.title });
}

function resultOf(fact: ActivityFact): Pick<StepRecord, 'state'> & Partial<StepRecord> {
  if (fact.failure !== undefined) return { state: 'on hold', reason: fact.failure };
  if (fact.result === undefined) return { state: 'running' };
  const { verdict, reason, evidence, criteria } = fact.result as Partial<CheckResult & WindowResult>;
  const state =
    verdict === 'FAIL' ? 'failed' : verdict === 'HOLD' ? 'on hold' : verdict === 'PASS' ? 'passed' : 'running';
  return {
    state,
    ...(verdict ? { verdict } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(evidence ? { evidence: [evidence] } : {}),
    ...(criteria ? { criteria } : {}),
  };
}
