import { CancellationScope, condition, isCancellation, rootCause, TemporalFailure } from '@temporalio/workflow';
import type { VerifyIdentityResult } from '../../activities/contract.js';
import type { Gate } from '../../plan/run-status.js';
import { identities } from '../activities.js';
import { refused, type How } from '../messages.js';
import type { PhaseContext } from './context.js';
import type { Desk } from './desk.js';

/** An update is answered within this time, whatever becomes of the verification. */
const answerWithinMs = 20_000;

interface Signed {
  by: string;
  signature?: string | undefined;
}

/**
 * Establishes who sent a decision. A signal has time until its gate closes, so that one that comes while verification
 * does not work still counts; an update is answered soon.
 *
 * @throws a refusal when the identity is not believed, could not be established, or the gate closed in the meantime
 */
export async function identityOf(
  context: PhaseContext,
  desk: Desk,
  gate: Gate,
  decision: string,
  message: Signed,
  how: How
): Promise<'identity' | 'signature'> {
  const patience = how === 'signal' ? Math.max(answerWithinMs, gate.deadlineAt - Date.now()) : answerWithinMs;
  const result = await untilClosed(desk, gate, () => verify(context, gate, decision, message, patience)).catch(
    (error: unknown) => {
      if (isCancellation(error) || !(error instanceof TemporalFailure)) throw error;
      const reason = `nobody could establish whether ${message.by} sent this (${rootCause(error) ?? error.message}): send it again`;
      throw refused({ code: 'PG402', reason });
    }
  );
  if (!result) throw refused({ code: 'PG208', reason: `${gate.address} was decided in the meantime` });
  if (!result.accepted) throw refused({ code: 'PG204', reason: result.reason });
  return result.how;
}

/** Undefined when the gate closed first: what was asked is called off then. */
async function untilClosed<T>(desk: Desk, gate: Gate, ask: () => Promise<T>): Promise<T | undefined> {
  const scope = new CancellationScope();
  try {
    return await scope.run(() => Promise.race([ask(), condition(() => !desk.isOpen(gate)).then(() => undefined)]));
  } finally {
    scope.cancel();
  }
}

function verify(
  context: PhaseContext,
  gate: Gate,
  decision: string,
  message: Signed,
  patience: number
): Promise<VerifyIdentityResult> {
  const { by, signature } = message;
  const statement = { by, run: context.input.run.workflowId, gate: gate.address, decision, digest: gate.digest };
  return identities.verifyIdentity.executeWithOptions(
    { summary: `Who answers ${gate.address}: ${by}`, scheduleToCloseTimeout: patience },
    [
      {
        statement,
        environment: context.slice({ people: [by] }),
        ...(signature === undefined ? {} : { signature }),
      },
    ]
  );
}
