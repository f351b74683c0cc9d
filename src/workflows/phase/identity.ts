import { ActivityFailure, CancellationScope, condition } from '@temporalio/workflow';
import type { VerifyIdentityResult } from '../../activities/contract.js';
import type { Gate } from '../../plan/run-status.js';
import { refused, type How } from '../messages.js';
import { failureText } from './attempt.js';
import type { PhaseContext } from './context.js';
import type { Desk } from './desk.js';

/** An update is answered within this time, whatever the environment's worker does. */
const answerWithinMs = 20_000;

interface Signed {
  by: string;
  signature?: string | undefined;
}

/**
 * Establishes who sent a decision. A signal has time until its gate closes, so that one that comes while the
 * environment's worker is away still counts; an update is answered soon.
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
  const scope = new CancellationScope();
  try {
    const result = await scope.run(() =>
      Promise.race([
        verify(context, gate, decision, message, patience),
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
  context: PhaseContext,
  gate: Gate,
  decision: string,
  message: Signed,
  patience: number
): Promise<VerifyIdentityResult> {
  const { by, signature } = message;
  const statement = { by, run: context.input.run.workflowId, gate: gate.address, decision, digest: gate.digest };
  return context.calls.reads.verifyIdentity.executeWithOptions(
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
        environment: context.slice({ people: [by] }),
        ...(signature === undefined ? {} : { signature }),
      },
    ]
  );
}
