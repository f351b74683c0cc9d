import { parseAddress } from '../../plan/address.js';
import { describeError, isErrorCode, PhasegateError } from '../../plan/errors.js';
import { mayAnswer, starterMayDecide } from '../../plan/gate-rules.js';
import { runName } from '../../plan/text/command-lines.js';
import { requirePerson } from '../act/person.js';
import type { OpenGate, RunSnapshot } from '../read/snapshot.js';

/**
 * Refuses what the run would refuse anyway, before anybody reads evidence and is asked. What somebody says twice is
 * left to the run, where it is harmless.
 *
 * @throws PhasegateError PG204 for somebody who may not answer, with those who may; PG205 for the one who started the run
 */
export function requireMay({ frozen, run }: RunSnapshot, gate: OpenGate, answer: string, by: string): void {
  const { environment, plan } = frozen;
  const name = requirePerson(environment, by, gate);
  const phase = parseAddress(gate.address)?.phase ?? '';
  const objection = mayAnswer(gate, answer, name, {
    phase,
    people: environment.people,
    startedBy: run.startedBy,
    allowStarter: () => starterMayDecide(gate, plan.phases.find(({ id }) => id === phase) ?? { id: phase }),
  });
  if (!objection || objection.code === 'PG208' || !isErrorCode(objection.code)) return;
  throw new PhasegateError(objection.code, objection.reason, {
    where: gate.address,
    hint: describeError(objection.code).hint.replace(/\bRUN\b/g, runName(run.workflowId)),
  });
}
