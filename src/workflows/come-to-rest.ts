import { CancellationScope, condition } from '@temporalio/workflow';

/** More than any chain of promises here has, from what resolves it to where it waits again. */
const hops = 20;
/** What came to rest may make conditions true for others, and those for others again. */
const rounds = 3;

/** Resolves when what this task has woken so far waits again, as far as conditions do not wake others. */
export async function othersWoken(): Promise<void> {
  for (let hop = 0; hop < hops; hop++) await Promise.resolve();
}

/**
 * Resolves when what the events before this task have woken waits again, in any chain that is not longer. For updates: a worker that has the workflow
 * not in its cache (it was restarted, or the cache is full) takes a task that led to no command, and the task of an update behind
 * it, for one, and hands the update over first; when the history is replayed later they are two, in their order. Commands that
 * depend on both would come in another order then, and the workflow would fail its tasks for good (SDK 1.24).
 */
export function comeToRest(): Promise<void> {
  return CancellationScope.nonCancellable(async () => {
    for (let round = 0; round < rounds; round++) {
      await othersWoken();
      let passed = false;
      void Promise.resolve().then(() => (passed = true));
      await condition(() => passed);
    }
  });
}
