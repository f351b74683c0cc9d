import { condition, log } from '@temporalio/workflow';
import { postMortemDraft } from '../../plan/incidents/post-mortem.js';
import { resolutionWindow } from '../../plan/incidents/resolution.js';
import { reachable } from '../../plan/incidents/recipients.js';
import type { LedgerEntry } from '../../plan/change.js';
import { incidentAddressOf, phaseWorkflowId } from '../../plan/names.js';
import { patienceMs } from '../../plan/patience.js';
import type { IncidentInput } from '../../plan/run-input.js';
import { runName } from '../../plan/text/command-lines.js';
import { dueText } from '../../plan/text/spans.js';
import { environmentCalls, host } from '../activities.js';
import { insideTargets } from '../inside-targets.js';
import { verdictOf, type StepOutcome } from '../phase/attempt.js';
import type { IncidentRecord } from './record.js';
import type { Teller } from './teller.js';

const minute = 60_000;

/** Looks at the metrics whenever somebody says that it is resolved; only they say whether it is. */
export async function validate(input: IncidentInput, record: IncidentRecord, teller: Teller): Promise<void> {
  const { state } = record;
  while (!record.isResolved) {
    await condition(() => state.validating !== undefined);
    await teller.work(async () => {
      const { by, at, reason: text } = state.validating ?? { by: '', at: 0, reason: '' };
      const address = `${incidentAddressOf(input.number)}/resolution`;
      const asked = { run: input.run.workflowId, address, title: 'Red metrics inside their targets' };
      const outcome = meanwhile(record, await insideTargets(judgedBy(input), asked, at));
      const { verdict, reason, evidence } = outcome;
      const [stored] = (evidence ?? []).slice(-1);
      const now = Date.now();
      state.resolution = { by, at: now, text, verdict, reason, ...(stored ? { evidence: stored } : {}) };
      delete state.validating;
      if (verdict === 'PASS') resolved(input, record, by, now);
      else {
        record.inbox.refusals.push({ at: now, message: 'resolve', by, reason: `PG225 ${verdict}: ${reason}` });
        record.tell(`it is not resolved: ${reason}`);
      }
      const to = verdict === 'PASS' ? record.knowing : [by];
      const headline = verdict === 'PASS' ? 'resolved' : `NOT resolved (${verdict})`;
      const page = verdict === 'PASS' ? { page: 'resolve' as const } : {};
      await teller.say({ kind: 'incident', ...page, headline, text: `${by}: ${text}. ${reason}.`, to });
    });
  }
}

function judgedBy({ environment, rollback, ownCriteria }: IncidentInput): Parameters<typeof insideTargets>[0] {
  return { environment, rollback: { ...rollback, window: resolutionWindow(rollback.window, ownCriteria) } };
}

/** A rollback that began while the metrics were looked at makes what they said worthless. */
function meanwhile({ state }: IncidentRecord, outcome: StepOutcome): StepOutcome {
  if (state.rollback?.state !== 'running') return outcome;
  return { verdict: 'HOLD', reason: 'meanwhile a rollback began', evidence: outcome.evidence ?? [] };
}

function resolved(input: IncidentInput, record: IncidentRecord, by: string, now: number): void {
  const { state } = record;
  const { rollback, postMortem } = state;
  if (rollback?.state === 'asked') Object.assign(rollback, { state: 'declined', by, endedAt: now });
  postMortem.dueAt = now + input.incidents.postMortem.within.ms;
  state.remindedAt = now;
  record.tell(`it is resolved: ${state.resolution?.reason ?? ''}`);
  record.prove('resolution', by);
}

/** Drafts the post-mortem when it is resolved; a store that is away is asked again. */
export async function draft(input: IncidentInput, record: IncidentRecord, teller: Teller): Promise<void> {
  const { state } = record;
  await condition(() => record.isResolved);
  for (let times = 1; state.postMortem.draft === undefined; times++) {
    const stored = await teller.work(() => store(input, record));
    if ('digest' in stored) {
      state.postMortem.draft = { digest: stored.digest, bytes: stored.bytes };
      record.tell(`its post-mortem was drafted: ${stored.digest}`);
      return;
    }
    log.error('The draft of a post-mortem could not be stored yet', { reason: stored.reason });
    const isDone = (): boolean => state.postMortem.done !== undefined;
    if (await condition(isDone, patienceMs(times, minute), { summary: 'Until the draft is stored again' })) return;
  }
}

async function store(
  input: IncidentInput,
  record: IncidentRecord
): Promise<StepOutcome | { digest: string; bytes: number }> {
  const markdown = postMortemDraft(input, record.state, await changesOf(input));
  const { environment, run, number } = input;
  return verdictOf(() =>
    environmentCalls(environment.id).reads.recordEvidence.executeWithOptions({ summary: 'Draft of the post-mortem' }, [
      { kind: 'post-mortem', document: { run: run.workflowId, runId: run.runId, incident: number, markdown } },
    ])
  );
}

/** What the run's phases changed, from their histories; oldest first. */
async function changesOf({ run, begun = [] }: IncidentInput): Promise<LedgerEntry[] | { problem: string }> {
  const entries: LedgerEntry[] = [];
  for (const id of begun) {
    const read = await verdictOf(() =>
      host.readLedger.executeWithOptions({ summary: `What did ${id} change?`, scheduleToCloseTimeout: '5m' }, [
        { workflowId: phaseWorkflowId(run.workflowId, id), run: run.runId },
      ])
    );
    if (!('entries' in read)) return { problem: read.reason };
    entries.push(...read.entries);
  }
  return entries.toSorted((a, b) => a.capturedAt - b.capturedAt);
}

/** Reminds the role that owes the post-mortem, ever more rarely, until it says that it is done. */
export async function remind(input: IncidentInput, record: IncidentRecord, teller: Teller): Promise<void> {
  const { state } = record;
  const { postMortem } = input.incidents;
  const done = (): boolean => state.postMortem.done !== undefined;
  await condition(() => record.isResolved);
  if (state.reminders === 0)
    await condition(() => state.postMortem.draft !== undefined || done(), '1m', {
      summary: 'Until the draft is there',
    });
  while (!done()) {
    const times = state.reminders;
    if (times > 0) {
      const left = Math.max(1, state.remindedAt + patienceMs(times, postMortem.remindEvery.ms) - Date.now());
      if (await condition(done, left, { summary: 'Until somebody is reminded of the post-mortem' })) return;
    }
    state.reminders += 1;
    state.remindedAt = Date.now();
    const { draft: drafted, dueAt } = state.postMortem;
    const read = `phasegate incident draft ${incidentAddressOf(input.number)} ${runName(input.run.workflowId)}`;
    const where = drafted ? `Its draft can be read (${read}).` : 'Its draft is not stored yet.';
    await teller.say({
      kind: 'reminder',
      headline:
        dueAt === undefined ? 'the post-mortem is owed' : `the post-mortem is owed, ${dueText(dueAt, Date.now())}`,
      text: where,
      to: reachable(input.environment, [postMortem.by]),
    });
  }
}
