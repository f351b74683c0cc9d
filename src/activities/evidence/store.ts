import type { EvidenceRef } from '../../plan/run-facts.js';

/**
 * Where evidence is kept: documents that can be added and read, never changed. What is stored is the canonical JSON
 * of `{ "document": …, "kind": … }`, so the same facts always have the same digest.
 */
export interface EvidenceStore {
  /**
   * Stores a JSON document under its digest; storing it again gives the same reference.
   *
   * @param kind what the document is, in a word or two: `http-check`, `window`, `decision`
   * @throws PG310 when the store cannot be written, or holds something else under that digest
   */
  put(kind: string, document: unknown): Promise<EvidenceRef>;
  /**
   * The stored text of a digest (`sha256:<hex>`), checked against the digest.
   *
   * @throws PG310 when the digest is unknown, malformed, or the stored text was altered
   */
  get(digest: string): Promise<string>;
}
