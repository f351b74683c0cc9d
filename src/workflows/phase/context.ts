import type { Origin } from '../../activities/contract.js';
import type { Environment } from '../../plan/model.js';
import type { PhaseInput } from '../../plan/run-input.js';
import type { Gate } from '../../plan/run-status.js';
import type { EnvironmentCalls } from '../activities.js';
import { refused } from '../messages.js';
import { sliceEnvironment } from '../slice.js';

/** What the parts of a phase share: its input, the activities, and who stands behind a message. */
export class PhaseContext {
  readonly input: PhaseInput;
  readonly calls: EnvironmentCalls;

  constructor(input: PhaseInput, calls: EnvironmentCalls) {
    this.input = input;
    this.calls = calls;
  }

  origin(address: string, title: string): Origin {
    return { run: this.input.run.workflowId, address, title };
  }

  slice(need: Parameters<typeof sliceEnvironment>[1]): Environment {
    return sliceEnvironment(this.input.environment, need);
  }

  /** Establishes the sender's identity; throws a refusal when it is not believed or could not be established. */
  async identify(
    gate: Gate,
    decision: string,
    message: { by: string; signature?: string | undefined }
  ): Promise<'identity' | 'signature'> {
    const result = await this.calls.reads.verifyIdentity.executeWithOptions(
      {
        summary: `Who answers ${gate.address}: ${message.by}`,
        startToCloseTimeout: '10s',
        scheduleToCloseTimeout: '20s',
      },
      [
        {
          statement: {
            by: message.by,
            run: this.input.run.workflowId,
            gate: gate.address,
            decision,
            digest: gate.digest,
          },
          environment: this.slice({ people: [message.by] }),
          ...(message.signature === undefined ? {} : { signature: message.signature }),
        },
      ]
    );
    if (!result.accepted) throw refused({ code: 'PG204', reason: result.reason });
    return result.how;
  }
}
