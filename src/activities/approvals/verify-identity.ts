import type { EvidenceRef } from '../../plan/run-facts.js';
import type { VerifyIdentityInput, VerifyIdentityResult } from '../contract.js';
import type { Tools } from '../deps.js';
import { verifierFor } from './registry.js';

/** Whether a decision is accepted as its author's, and how that is known. */
export async function verifyIdentity(
  input: VerifyIdentityInput,
  tools: Tools
): Promise<VerifyIdentityResult & { evidence: EvidenceRef }> {
  const { statement, environment, signature } = input;
  const result = await verifierFor(environment.trust).verify(input);
  const facts = { statement, trust: environment.trust, ...result, at: tools.clock.now() };
  const document = tools.secrets.scrubAll(signature === undefined ? facts : { ...facts, signature });
  return { ...result, evidence: await tools.evidence.put('identity', document) };
}
