import type { Path } from './components.js';

export const WORKFLOW_STATES = ['received', 'triaged', 'executing', 'composing', 'completed'] as const;

type WorkflowState = (typeof WORKFLOW_STATES)[number];

/** The state of one workflow. */
export interface WorkflowRecord {
  owner: string;
  readonly states: WorkflowState[];
  enter(state: WorkflowState): void;
}

/** The records of the workflows that run now. */
export class WorkflowRecords {
  readonly #running = new Map<string, WorkflowRecord>();

  /** Legacy writes whatever it is told; the new path refuses a transition that the workflow does not have. */
  open(id: string, owner: string, path: Path): WorkflowRecord {
    const states: WorkflowState[] = ['received'];
    const enter = (state: WorkflowState): void => {
      if (path === 'new' && WORKFLOW_STATES[states.length] !== state) {
        throw new Error(`workflow ${id} cannot go from ${states.at(-1)} to ${state}`);
      }
      states.push(state);
    };
    const record: WorkflowRecord = { owner, states, enter };
    this.#running.set(id, record);
    return record;
  }

  /** A running workflow of somebody else. */
  foreign(user: string): WorkflowRecord | undefined {
    for (const record of this.#running.values()) if (record.owner !== user) return record;
    return undefined;
  }

  close(id: string): void {
    this.#running.delete(id);
  }
}

/** Whether a finished workflow is the user's own and went through every state, in order. */
export function isConsistent(record: WorkflowRecord, user: string): boolean {
  return record.owner === user && record.states.join() === WORKFLOW_STATES.join();
}
