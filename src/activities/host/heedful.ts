import type { Client } from '@temporalio/client';
import { currentScope } from '../scope.js';

/**
 * Makes an activity of a function that asks Temporal, which ends with its activity: an update may wait for a workflow
 * that only this very worker would work for, and a worker waits for its activities before it ends.
 */
export function heedful<Input, Output>(
  client: Client,
  run: (input: Input) => Promise<Output>
): (input: Input) => Promise<Output> {
  return async (input) => {
    const { signal, cancelled } = currentScope();
    try {
      return await client.withAbortSignal(signal, () => run(input));
    } catch (error) {
      // Whatever an aborted call says of itself, Temporal must see its own cancellation.
      if (signal.aborted) return cancelled;
      throw error;
    }
  };
}
