import { CancellationScope, isCancellation } from '@temporalio/workflow';

/**
 * Runs `aside` for as long as `main` takes and cancels what is left of it then. Only that cancellation is forgiven:
 * any other error of `aside` comes out when `main` is done.
 */
export async function beside<T>(main: () => Promise<T>, aside: () => Promise<void>): Promise<T> {
  const scope = new CancellationScope();
  const ended = scope.run(aside).catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
  // It is awaited below; until then a rejection must not count as one that nobody handles.
  ended.catch(() => undefined);
  try {
    return await main();
  } finally {
    scope.cancel();
    await ended;
  }
}

/**
 * Runs items side by side; the first that fails stops the others, and all have ended before this ends.
 *
 * @throws what the first one threw
 */
export async function together(items: ReadonlyArray<() => Promise<void>>): Promise<void> {
  await CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current();
    let first: { error: unknown } | undefined;
    await Promise.all(
      items.map(async (item) => {
        try {
          await item();
        } catch (error) {
          first ??= { error };
          scope.cancel();
        }
      })
    );
    if (first) throw first.error;
  });
}
