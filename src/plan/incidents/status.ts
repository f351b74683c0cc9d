import type { IncidentInput } from '../run-input.js';
import { instantText } from '../text/spans.js';
import type { IncidentStatus } from '../watch-status.js';
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
    validating: _validating,
    rollback,
    ...facts
  } = state;
  const { reminders: _count, remindedAt: _last, openedAt, postMortem, timeline, ...rest } = facts;
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
    ...rest,
    postMortem: { ...postMortem, by: incidents.postMortem.by },
    timeline,
  };
  return { ...body, sentence: sentenceOf(body, debtOf(input, state)) };
}

function shownRollback({
  reach,
  state,
  by,
  reason,
}: NonNullable<IncidentState['rollback']>): IncidentStatus['rollback'] {
  return { reach, state, ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) };
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

function sentenceOf(status: Omit<IncidentStatus, 'sentence'>, debt: IncidentDebt | undefined): string {
  const what = `Severity ${status.severity}, ${status.state}: ${status.title}.`;
  const going = status.rollback?.state === 'running' ? 'It is being taken back.' : undefined;
  if (!debt) return `${what} The post-mortem is done.`;
  const then = debt.then === undefined ? '' : `, then ${debt.then}`;
  const until = debt.until === undefined ? '' : ` until ${instantText(debt.until)}${then}`;
  return [what, going, `Waits for ${debt.who} to ${debt.what}${until}.`].filter((part) => part !== undefined).join(' ');
}
