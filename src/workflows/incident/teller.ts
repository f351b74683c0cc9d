import type { IncidentInput } from '../../plan/run-input.js';
import type { IncidentRecord } from './record.js';
import { tell, type Told } from './telling.js';

/** Sends messages and counts the work of an execution, so that it ends only when nothing of it is under way. */
export class Teller {
  private readonly input: IncidentInput;
  private readonly record: IncidentRecord;
  private busy = 0;
  private turns = 0;

  constructor(input: IncidentInput, record: IncidentRecord) {
    this.input = input;
    this.record = record;
  }

  /** How often something was done in this execution. */
  get done(): number {
    return this.turns;
  }

  get isIdle(): boolean {
    return this.busy === 0;
  }

  /** Resolves when the message is out, or given up. */
  say(told: Told): Promise<void> {
    return this.work(() => tell(this.input, this.record, told));
  }

  /** Something that must not be left in the middle. */
  async work<T>(run: () => Promise<T>): Promise<T> {
    this.busy += 1;
    this.turns += 1;
    try {
      return await run();
    } finally {
      this.busy -= 1;
    }
  }
}
