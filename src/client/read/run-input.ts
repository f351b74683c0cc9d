import { PhasegateError } from '../../plan/errors.js';
import type { FrozenPlan, RunInput } from '../../plan/model.js';
import type { Link } from '../connection/link.js';
import { readInput } from './history.js';
import type { RunRef } from './snapshot.js';

/**
 * The plan that a run executes: the newest version of its frozen input, read from the first event of its history.
 *
 * @throws PhasegateError PG403 when the execution is no migration of this version of phasegate
 */
export async function readFrozen(link: Link, run: RunRef): Promise<FrozenPlan> {
  const input = (await readInput(link, run)) as Partial<RunInput> | undefined;
  const frozen = input?.versions?.at(-1);
  if (input?.schemaVersion !== 1 || !frozen) {
    throw new PhasegateError('PG403', `${run.workflowId} is no run that this version of phasegate can read`, {
      hint: 'Use the phasegate that started it, or see the runs: phasegate list',
    });
  }
  return frozen;
}
