import type { VerifyIdentityInput, VerifyIdentityResult } from '../contract.js';

/** Says whether a decision comes from the person whose name it carries. */
export interface IdentityVerifier {
  verify(input: VerifyIdentityInput): Promise<VerifyIdentityResult>;
}
