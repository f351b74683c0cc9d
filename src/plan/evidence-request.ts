import { z } from 'zod';

/** What a client asks the workflow `evidence` for: stored documents of an environment, by their digests. */
export const evidenceRequest = z.strictObject({
  schemaVersion: z.literal(1),
  environment: z.string().min(1).max(100),
  digests: z.array(z.string().max(100)).max(1000),
});
export type EvidenceRequest = z.output<typeof evidenceRequest>;

/** Digest -> the stored text, or why it cannot be read. */
export type EvidenceTexts = Record<string, { text: string } | { problem: string }>;
