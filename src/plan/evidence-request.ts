/** What a client asks the workflow `evidence` for: stored documents of an environment, by their digests. */
export interface EvidenceRequest {
  schemaVersion: 1;
  environment: string;
  digests: string[];
}

/** Digest -> the stored text, or why it cannot be read. */
export type EvidenceTexts = Record<string, { text: string } | { problem: string }>;
