/** What a task comes to, unless the signal is aborted first: then it rejects with the signal's reason, and the task goes on unheard. */
export async function inTime<T>(task: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const over = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
  });
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([task, over]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
