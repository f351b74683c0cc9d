import type { AttestStep } from '../../plan/model.js';
import { patienceMs } from '../../plan/patience.js';
import { namesInRoles } from '../../plan/people.js';
import type { Gate, StepRecord } from '../../plan/run-status.js';
import { oneOf, withArticle } from '../../plan/text/spans.js';
import { announce } from '../announce.js';
import { beside } from '../beside.js';
import type { StepOutcome } from './attempt.js';
import type { PhaseContext } from './context.js';
import type { Desk, GateOutcome } from './desk.js';
import type { PhaseRecord } from './record.js';
import { askAndRemind } from './reminding.js';

const week = 7 * 24 * 60 * 60 * 1000;

/** Asks the people of a role to answer a checklist item: done, not applicable, or failed. */
export async function attest(
  context: PhaseContext,
  record: PhaseRecord,
  desk: Desk,
  item: AttestStep,
  step: StepRecord
): Promise<StepOutcome> {
  const gate = openAttestation(context, item, step.address, record.facts.endsAt);
  record.mark(step, { state: 'waiting' });
  const answered = desk.wait(gate, asksAgain(context, record, item, gate));
  const outcome = await beside(
    () => answered,
    () => remind(context, item, gate)
  );
  if (outcome.kind === 'answered') return answerOf(step, outcome);
  return { verdict: 'HOLD', reason: `${oneOf(gate.people)} did not answer within ${item.expires.planned}` };
}

/**
 * The gate of an item at this address.
 *
 * @param endsAt epoch ms; of a stage of the validation, whose items are due when it is over
 */
export function openAttestation(context: PhaseContext, item: AttestStep, at: string, endsAt = 0): Gate {
  const { environment, phase } = context.input;
  return {
    address: at,
    kind: 'attestation',
    title: item.title,
    reason: `${withArticle(item.by)} answers this item`,
    roles: { [item.by]: 1 },
    people: namesInRoles(environment.people, [item.by]),
    decisions: [],
    openedAt: Date.now(),
    deadlineAt: Math.max(Date.now() + item.expires.ms, endsAt),
    then: phase.checklists ? 'ask again' : 'put the phase on hold',
    digest: '',
    answers: ['attest'],
  };
}

/** What somebody answered, as the outcome of the attempt. */
export function answerOf(step: StepRecord, outcome: Extract<GateOutcome, { kind: 'answered' }>): StepOutcome {
  const { by, answer, evidence, reason } = outcome;
  step.answer = {
    by,
    answer,
    ...(evidence === undefined ? {} : { evidence }),
    ...(reason === undefined ? {} : { reason }),
    at: Date.now(),
  };
  const said = [`${by}: ${answer}`, evidence, reason].filter((part) => part !== undefined).join(' · ');
  return { verdict: answer === 'failed' ? 'FAIL' : 'PASS', reason: said };
}

/** Before anything has begun, time alone ends nothing: each deadline moves, twice as far as the one before, up to a week. */
function asksAgain(context: PhaseContext, record: PhaseRecord, item: AttestStep, gate: Gate): () => boolean {
  let times = 1;
  return () => {
    if (!context.input.phase.checklists) return false;
    gate.deadlineAt = Date.now() + patienceMs(++times, item.expires.ms, week);
    record.publish();
    return true;
  };
}

/** Asks, and reminds for as long as the gate is open; the items of checklists are asked for together. */
async function remind(context: PhaseContext, item: AttestStep, gate: Gate): Promise<void> {
  const { run, environment, phase } = context.input;
  if (phase.checklists) return;
  const choices = ['done', ...(item.notApplicable ? ['not-applicable'] : []), 'failed'];
  await askAndRemind(gate, { every: item.remindEvery, expires: item.expires }, (kind) =>
    announce(run, environment, {
      kind: kind === 'ask' ? 'attestation' : kind,
      address: gate.address,
      title: `${item.title}${kind === 'ask' ? '' : ` (${kind})`}`,
      text: `${oneOf(gate.people)}: answer ${gate.address} of ${run.workflowId} with ${oneOf(choices)}; otherwise: ${gate.then}.`,
      to: gate.people,
    })
  );
}
