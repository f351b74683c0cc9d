import { mustBe } from './resolution.js';
import { targetTimes } from '../inside-targets.js';
import type { WindowSpec } from '../model.js';
import type { IncidentInput } from '../run-input.js';
import { calledText, dueText, instantText } from '../text/spans.js';
import type { IncidentStatus } from '../watch-status.js';
import { dueEscalation } from './calls.js';
import { specOf } from './classify.js';
import { stateOf, type IncidentState } from './course.js';
import { incidentDebt, type IncidentDebt } from './owed.js';

/** Nobody has shown yet that it is over. */
export function isUnresolved({ state }: Pick<IncidentStatus, 'state'>): boolean {
  return state === 'open' || state === 'acknowledged';
}

/** An incident's status follows from its input and its state alone, so that it can be told without a worker too. */
export function incidentStatus(
  input: IncidentInput,
  state: IncidentState,
  ids: { workflowId: string; runId: string }
): IncidentStatus {
  const { number, severity, title, cause, reason, source, openedBy, phase, incidents } = input;
  const {
    calls: _calls,
    calledAt: _at,
    roomCalled: _called,
    roomLate: _late,
    asked: _asked,
    pages: _pages,
    refused: _refused,
    validating,
    rollback,
    ...facts
  } = state;
  const { alertEscalatedAt, reminders: _count, remindedAt: _last, openedAt, postMortem, timeline, ...rest } = facts;
  const respondBy = openedAt + (specOf(incidents, severity)?.respondWithin.ms ?? 0);
  const body = {
    schemaVersion: 1 as const,
    ...ids,
    number,
    severity,
    title,
    ...(cause === undefined ? {} : { cause }),
    reason,
    source,
    openedAt,
    openedBy,
    state: stateOf(state),
    respondBy,
    ...(phase === undefined ? {} : { phase }),
    ...(rollback ? { rollback: shownRollback(rollback) } : {}),
    ...(validating ? { validating: shownValidation(input, validating) } : {}),
    ...rest,
    ...(alertEscalatedAt === undefined ? {} : { escalatedAt: alertEscalatedAt }),
    postMortem: { ...postMortem, by: incidents.postMortem.by },
    timeline,
  };
  return { ...body, sentence: sentenceAt(input, state) };
}

function shownRollback({
  reach,
  state,
  by,
  reason,
}: NonNullable<IncidentState['rollback']>): IncidentStatus['rollback'] {
  return { reach, state, ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) };
}

type Validating = NonNullable<IncidentStatus['validating']>;

function shownValidation(
  { rollback, ownCriteria: own }: IncidentInput,
  { by, at }: NonNullable<IncidentState['validating']>
): Validating {
  const { t0, deadlineAt } = targetTimes(rollback.window, at);
  return { by, at, t0, deadlineAt, ...(own ? { own } : {}) };
}

export function debtOf(input: IncidentInput, state: IncidentState): IncidentDebt | undefined {
  const { incidents, severity, environment } = input;
  const spec = specOf(incidents, severity);
  return incidentDebt(
    {
      state: stateOf(state),
      respondBy: state.openedAt + (spec?.respondWithin.ms ?? 0),
      acknowledged: state.acknowledged,
      rollback: state.rollback,
      warRoom: state.warRoom,
      postMortem: { ...state.postMortem, by: incidents.postMortem.by },
      validating: state.validating,
    },
    environment,
    spec?.escalateTo ?? []
  );
}

/** What somebody says who resolves an incident, and what the metrics must say to it. */
export function claimText({ by, own }: Pick<Validating, 'by' | 'own'>, window: Pick<WindowSpec, 'length'>): string {
  return `${by} says that it is resolved: ${mustBe(window, own)}`;
}

/** How it stands, for whoever reads it now: what is overdue is said to be so. */
export function sentenceAt(input: IncidentInput, state: IncidentState, now?: number): string {
  return `Severity ${input.severity}, ${stateOf(state)}: ${input.title}. ${nextSentence(input, state, now)}`;
}

/**
 * What happens next, without what an incident is about: for whoever has just read that.
 *
 * @param now epoch ms at which it is told; absent: whoever reads it compares the instants
 */
export function nextSentence(input: IncidentInput, state: IncidentState, now?: number): string {
  const debt = debtOf(input, state);
  if (!debt) return 'The post-mortem is done.';
  const { rollback, validating } = state;
  const { window } = input.rollback;
  if (validating) {
    const shown = shownValidation(input, validating);
    return `${claimText(shown, window)}, by ${instantText(shown.deadlineAt)} at the latest.`;
  }
  const going = rollback?.state === 'running' ? 'It is being taken back. ' : '';
  const waits = `${going}Waits for ${debt.who} to ${debt.what}`;
  if (debt.until === undefined) return `${waits}.`;
  // What comes then has come.
  if (now !== undefined && now >= debt.until) return `${waits}, ${dueText(debt.until, now)}.`;
  const sooner = stateOf(state) === 'open' ? dueEscalation(input, state) : undefined;
  const already = sooner
    ? ` Since its alert is critical, ${calledText(sooner.to)} at ${instantText(state.openedAt + sooner.after.ms)}.`
    : '';
  return `${waits} until ${instantText(debt.until)}${debt.then === undefined ? '' : `, then ${debt.then}`}.${already}`;
}
