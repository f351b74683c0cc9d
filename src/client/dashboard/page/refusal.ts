/** Why no events come: who asks has no token that is good (any more), or there are words to show. */
export type Refusal = { kind: 'token' } | { kind: 'words'; words: string } | { kind: 'none' };

/** An EventSource that was refused does not tell why: the same address is asked once more, and let go. */
export async function refusalOf(address: string): Promise<Refusal> {
  const over = new AbortController();
  try {
    const answer = await fetch(address, { signal: over.signal });
    if (answer.ok) return { kind: 'none' };
    if (answer.status === 401) return { kind: 'token' };
    // What stands in between speaks in whole pages.
    const isPlain = answer.headers.get('content-type')?.startsWith('text/plain') === true;
    const words = isPlain ? (await answer.text()).trim() : `HTTP ${answer.status}`;
    return { kind: 'words', words: `the dashboard server says: ${words}` };
  } catch {
    return { kind: 'words', words: noAnswer };
  } finally {
    over.abort();
  }
}

export const noAnswer = 'the dashboard server does not answer';
