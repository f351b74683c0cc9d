import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../src/plan/canonical.js';
import type { EvidenceStore } from '../../../src/activities/evidence/index.js';

/** An evidence store in memory, with the same text and digests as the real one; it can be broken and mended. */
export function memoryStore(): EvidenceStore & {
  documents: Map<string, string>;
  kinds: string[];
  broken: boolean;
} {
  const documents = new Map<string, string>();
  const kinds: string[] = [];
  const store = {
    documents,
    kinds,
    broken: false,
    put(kind: string, document: unknown) {
      if (store.broken) return Promise.reject(new Error('no space left on device'));
      const text = canonicalJson({ kind, document });
      const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
      documents.set(digest, text);
      kinds.push(kind);
      return Promise.resolve({ digest, bytes: Buffer.byteLength(text) });
    },
    get(digest: string) {
      const text = documents.get(digest);
      return text === undefined ? Promise.reject(new Error(`no evidence ${digest}`)) : Promise.resolve(text);
    },
  };
  return store;
}
