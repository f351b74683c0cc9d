import { describeError, isErrorCode, PhasegateError } from '../../plan/errors.js';
import { mayAnswer } from '../../plan/gate-rules.js';
import { runName } from '../../plan/text/command-lines.js';
import { requirePerson } from '../act/person.js';
import { gateContext } from '../read/gate-context.js';
import type { OpenGate, RunSnapshot } from '../read/snapshot.js';

/**
 * Refuses what the run would refuse anyway, before anybody reads evidence and is asked. What somebody says twice is
 * left to the run, where it is harmless.
 *
 * @throws PhasegateError PG204 for somebody who may not answer, with those who may; PG205 for the one who started the run
 */
export function requireMay(snapshot: RunSnapshot, gate: OpenGate, answer: string, by: string): void {
  const { frozen, run } = snapshot;
  const name = requirePerson(frozen.environment, by, gate);
  const objection = mayAnswer(gate, answer, name, gateContext(snapshot, gate));
  if (!objection || objection.code === 'PG208' || !isErrorCode(objection.code)) return;
  throw new PhasegateError(objection.code, objection.reason, {
    where: gate.address,
    hint: describeError(objection.code).hint.replace(/\bRUN\b/g, runName(run.workflowId)),
  });
}
