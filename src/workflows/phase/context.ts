import type { Origin } from '../../activities/contract.js';
import type { Environment } from '../../plan/model.js';
import type { PhaseInput } from '../../plan/run-input.js';
import { environmentCalls, type EnvironmentCalls } from '../activities.js';
import { sliceEnvironment, type Need } from '../slice.js';

/** What the parts of a phase share: its input, and the activities with what they are told. */
export class PhaseContext {
  readonly input: PhaseInput;
  readonly calls: EnvironmentCalls;

  constructor(input: PhaseInput) {
    this.input = input;
    this.calls = environmentCalls(input.environment.id);
  }

  origin(address: string, title: string): Origin {
    return { run: this.input.run.workflowId, address, title };
  }

  slice(need: Need): Environment {
    return sliceEnvironment(this.input.environment, need);
  }
}
