import type { BoardDocument } from '../../../src/client/dashboard/document.js';

/** The documents that a page at this address would be told, one after the other; the stream is closed when nobody reads on. */
export async function* documentsOf(url: string, { signal, ...init }: RequestInit = {}): AsyncGenerator<BoardDocument> {
  const stop = new AbortController();
  const over = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const { body } = await fetch(url, { ...init, signal: over });
  let text = '';
  try {
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString();
      const messages = text.split('\n\n');
      text = messages.pop() ?? '';
      for (const message of messages) {
        const data = /^data: (.*)$/m.exec(message)?.[1];
        if (data !== undefined) yield JSON.parse(data) as BoardDocument;
      }
    }
  } finally {
    stop.abort();
  }
}

/** The first of {@link documentsOf}. */
export async function firstDocument(url: string, init?: RequestInit): Promise<BoardDocument> {
  for await (const document of documentsOf(url, init)) return document;
  throw new Error('the stream ended without a document');
}
