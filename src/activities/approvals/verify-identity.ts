import type { EvidenceRef } from '../../plan/run-facts.js';
import type { VerifyIdentityInput, VerifyIdentityResult } from '../contract.js';
import type { Tools } from '../deps.js';
import { verifierFor } from './registry.js';

/**
 * Whether a decision is accepted as its author's, and how that is known. Where names are believed nothing was verified
 * that could be kept: the decision itself says so, in the minutes of its gate.
 */
export async function verifyIdentity(
  input: VerifyIdentityInput,
  tools: Tools
): Promise<VerifyIdentityResult & { evidence?: EvidenceRef }> {
  const { statement, environment, signature } = input;
  const result = await verifierFor(environment.trust).verify(input);
  if (signature === undefined) return result;
  const facts = { statement, trust: environment.trust, ...result, signature, at: tools.clock.now() };
  return { ...result, evidence: await tools.evidence.put('identity', tools.secrets.scrubAll(facts)) };
}
