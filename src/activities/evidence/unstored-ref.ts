import { createHash } from 'node:crypto';
import type { EvidenceRef } from '../../plan/run-facts.js';

/** What a document would be stored as, for what must not wait for a store that is broken: a bad verdict, an undo. */
export function unstoredRef(document: unknown): EvidenceRef {
  const text = JSON.stringify(document);
  return { digest: `sha256:${createHash('sha256').update(text).digest('hex')}`, bytes: Buffer.byteLength(text) };
}
