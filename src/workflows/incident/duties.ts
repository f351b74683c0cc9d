import { condition, getExternalWorkflowHandle, log, patched, TemporalFailure } from '@temporalio/workflow';
import { callAgain, nextAskedAt, nextCallAt } from '../../plan/incidents/calls.js';
import { specOf } from '../../plan/incidents/classify.js';
import { askedAgain, reachable } from '../../plan/incidents/recipients.js';
import { debtOf } from '../../plan/incidents/status.js';
import { incidentNewsSignal } from '../../plan/incidents/signals.js';
import type { IncidentInput } from '../../plan/run-input.js';
import { allOf } from '../../plan/text/spans.js';
import type { IncidentRecord } from './record.js';
import type { Teller } from './teller.js';
import { callFor, goesOnWords, roomCall, updateText } from './telling.js';

/**
 * What an incident does by itself, each duty beside the others. None compares times: each has a timer of its own, which goes off or does not
 * (decision 009), and what comes after it follows from what was recorded.
 */

/** Calls people at once, and again, ever more of them and ever more rarely, until somebody acknowledges. */
export async function call(input: IncidentInput, record: IncidentRecord, teller: Teller): Promise<void> {
  const { state } = record;
  const spec = specOf(input.incidents, input.severity);
  const answered = (): boolean => state.acknowledged !== undefined || record.isResolved;
  if (!input.state && input.predecessor && answered()) await teller.say(goesOnWords(input, record));
  else if (!input.state) {
    if (spec?.escalateAfter.ms === 0) state.escalatedAt ??= state.openedAt;
    await teller.say(callFor(input, record));
  }
  for (;;) {
    const left = Math.max(1, nextCallAt(input, state) - Date.now());
    if (await condition(answered, left, { summary: 'Until somebody acknowledges it' })) return;
    const news = callAgain(input, state, Date.now());
    if (news !== undefined) record.tell(news);
    record.publish();
    await teller.say(callFor(input, record));
  }
}

/** Asks those who responded how far it is, ever more rarely, until it is resolved: it waits for them, and so may the run. */
export async function ask(input: IncidentInput, record: IncidentRecord, teller: Teller): Promise<void> {
  const { state } = record;
  const over = (): boolean => record.isResolved;
  await condition(() => state.acknowledged !== undefined || over());
  if (over() || !patched('asked-again')) return;
  for (;;) {
    const left = Math.max(1, (nextAskedAt(input, state) ?? 0) - Date.now());
    if (await condition(over, left, { summary: 'Until those who responded are asked again' })) return;
    state.asked = { times: (state.asked?.times ?? 0) + 1, at: Date.now() };
    // Somebody has just said that it is resolved.
    if (state.validating) continue;
    const to = askedAgain(input, state, debtOf(input, state)?.people ?? []);
    record.tell(`it is still open: ${allOf(to)} ${to.length > 1 ? 'are' : 'is'} asked again`);
    await teller.say({ kind: 'reminder', headline: 'it is still open', text: '', to });
  }
}

/** Calls the people of the war room when it opens, and says when it is not active in time. */
export async function gather(input: IncidentInput, record: IncidentRecord, teller: Teller): Promise<void> {
  const { state } = record;
  await condition(() => state.warRoom !== undefined || record.isResolved);
  const { warRoom } = state;
  if (!warRoom || record.isResolved) return;
  if (!state.roomCalled) {
    state.roomCalled = true;
    const told = roomCall(input, record);
    if (told) await teller.say(told);
  }
  if (state.roomLate) return;
  const active = (): boolean => warRoom.steps[0]?.doneAt !== undefined || record.isResolved;
  const left = Math.max(1, warRoom.activateBy - Date.now());
  if (await condition(active, left, { summary: 'Until the war room is active' })) return;
  state.roomLate = true;
  record.tell(`the war room was not active in time: nobody did "${warRoom.steps[0]?.title ?? 'its first step'}"`);
  const told = roomCall(input, record);
  if (told) await teller.say({ ...told, kind: 'reminder', headline: 'the war room is not active yet' });
}

/** Tells the stakeholders how it stands, on the plan's rhythm, while the war room is open. */
export async function update(input: IncidentInput, record: IncidentRecord, teller: Teller): Promise<void> {
  const { state } = record;
  const spec = input.incidents.warRoom;
  if (!spec) return;
  await condition(() => state.warRoom !== undefined || record.isResolved);
  const over = (): boolean => record.isResolved;
  for (;;) {
    const since = state.updates.at(-1)?.at ?? state.warRoom?.openedAt ?? state.openedAt;
    const left = Math.max(1, since + spec.updateEvery.ms - Date.now());
    if (await condition(over, left, { summary: 'Until the stakeholders are told how it stands' })) return;
    const text = updateText(record);
    record.addUpdate(`${record.sentence} ${text}`);
    const to = reachable(input.environment, spec.stakeholders);
    await teller.say({ kind: 'incident', headline: 'how it stands', text, to });
  }
}

/** What the run knows; `gone`: no run listens any more. */
interface Reported {
  news: string;
  gone: boolean;
}

/** Tells the run whenever the incident's state changes; resolves when no run listens any more. */
export async function report(input: IncidentInput, record: IncidentRecord, reported: Reported): Promise<void> {
  for (;;) {
    await condition(() => JSON.stringify(record.news) !== reported.news);
    const { news } = record;
    try {
      // Not by tellWorkflow: one turn of the event loop more, and no history of an incident replays.
      await getExternalWorkflowHandle(input.run.workflowId).signal(incidentNewsSignal, news);
      reported.news = JSON.stringify(news);
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      log.info('No run listens to this incident any more', { run: input.run.workflowId, reason: error.message });
      reported.gone = true;
      return;
    }
  }
}
