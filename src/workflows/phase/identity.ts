import { ActivityFailure, CancellationScope, condition } from '@temporalio/workflow';
import type { VerifyIdentityResult } from '../../activities/contract.js';
import type { Environment } from '../../plan/model.js';
import type { Gate } from '../../plan/run-status.js';
import { refused, type How } from '../messages.js';
import { failureText } from './attempt.js';
import type { RunIdentity } from '../../plan/run-input.js';
import type { EnvironmentCalls } from '../activities.js';
import { sliceEnvironment } from '../slice.js';
import type { Desk } from './desk.js';

/** An update is answered within this time, whatever the environment's worker does. */
const answerWithinMs = 20_000;

interface Signed {
  by: string;
  signature?: string | undefined;
}

/** The run whose people answer, and how its environment is asked about them. */
export interface Asking {
  input: { run: Pick<RunIdentity, 'workflowId' | 'namesBelieved'>; environment: Environment };
  calls: EnvironmentCalls;
}

/** How long a signal of now may wait for the environment's worker, at least as long as an update does. */
export function untilDeadline({ deadlineAt }: Pick<Gate, 'deadlineAt'>): number {
  return Math.max(answerWithinMs, deadlineAt - Date.now());
}

/**
 * Establishes who sent a decision. A signal has time (for a phase, until its gate closes), so that one that comes while
 * the environment's worker is away still counts; an update is answered soon.
 *
 * @param patienceMs of a signal
 * @throws a refusal when the identity is not believed, could not be established, or the gate closed in the meantime
 */
export async function identityOf(
  asking: Asking,
  desk: Pick<Desk, 'isOpen'>,
  gate: Gate,
  decision: string,
  message: Signed,
  how: How,
  patienceMs = untilDeadline(gate)
): Promise<'identity' | 'signature'> {
  const { run, environment } = asking.input;
  // Messages come from the environment's people alone, and more is not asked of them there. A signature is kept by the activity.
  if (run.namesBelieved && environment.trust === 'identity' && message.signature === undefined) return 'identity';
  const patience = how === 'signal' ? patienceMs : answerWithinMs;
  const scope = new CancellationScope();
  try {
    const result = await scope.run(() =>
      Promise.race([
        verify(asking, gate, decision, message, patience),
        condition(() => !desk.isOpen(gate)).then(() => undefined),
      ])
    );
    if (!result) throw refused({ code: 'PG208', reason: `${gate.address} was decided in the meantime` });
    if (!result.accepted) throw refused({ code: 'PG204', reason: result.reason });
    return result.how;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const reason = `nobody could establish whether ${message.by} sent this (${failureText(error)}): send it again`;
    throw refused({ code: 'PG402', reason });
  } finally {
    scope.cancel();
  }
}

function verify(
  { input, calls }: Asking,
  gate: Gate,
  decision: string,
  message: Signed,
  patience: number
): Promise<VerifyIdentityResult> {
  const { by, signature } = message;
  const statement = { by, run: input.run.workflowId, gate: gate.address, decision, digest: gate.digest };
  return calls.reads.verifyIdentity.executeWithOptions(
    {
      summary: `Who answers ${gate.address}: ${by}`,
      startToCloseTimeout: '10s',
      scheduleToCloseTimeout: patience,
      scheduleToStartTimeout: patience,
      retry: { maximumInterval: '10s' },
    },
    [
      {
        statement,
        environment: sliceEnvironment(input.environment, { people: [by] }),
        ...(signature === undefined ? {} : { signature }),
      },
    ]
  );
}
