import type { AttestStep } from '../../plan/model.js';
import { namesInRoles } from '../../plan/people.js';
import type { Gate, StepRecord } from '../../plan/run-status.js';
import { oneOf } from '../../plan/text/spans.js';
import { announce } from '../announce.js';
import type { StepOutcome } from './attempt.js';
import type { PhaseContext } from './context.js';
import type { Desk } from './desk.js';
import type { PhaseRecord } from './record.js';

/** Asks the people of a role to answer a checklist item: done, not applicable, or failed. */
export async function attest(
  context: PhaseContext,
  record: PhaseRecord,
  desk: Desk,
  item: AttestStep,
  step: StepRecord
): Promise<StepOutcome> {
  const { run, environment } = context.input;
  const people = namesInRoles(environment.people, [item.by]);
  const gate: Gate = {
    address: step.address,
    kind: 'attestation',
    title: item.title,
    reason: `a ${item.by} answers this item`,
    roles: { [item.by]: 1 },
    people,
    decisions: [],
    openedAt: Date.now(),
    deadlineAt: Date.now() + item.expires.ms,
    then: 'put the phase on hold',
    digest: '',
    answers: ['attest'],
  };
  record.mark(step, { state: 'waiting' });
  const answered = desk.wait(gate);
  const choices = ['done', ...(item.notApplicable ? ['not-applicable'] : []), 'failed'];
  void announce(run, environment, {
    kind: 'attestation',
    address: gate.address,
    title: item.title,
    text: `${oneOf(people)}: answer ${gate.address} of ${run.workflowId} with ${oneOf(choices)}; otherwise: ${gate.then}.`,
    to: people,
  });
  const outcome = await answered;
  if (outcome.kind !== 'answered') {
    return { verdict: 'HOLD', reason: `${oneOf(people)} did not answer within ${item.expires.planned}` };
  }
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
