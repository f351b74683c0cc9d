import type { IdentityVerifier } from './verifier.js';

/**
 * `trust: identity`: a name that stands under people in the environment is believed. Whoever reads `how: identity`
 * says that identities were not verified.
 */
export function createIdentityVerifier(): IdentityVerifier {
  return {
    async verify({ statement, environment }) {
      if (environment.people.some(({ name }) => name === statement.by)) return { accepted: true, how: 'identity' };
      return {
        accepted: false,
        reason: `${statement.by || 'nobody'} is not one of the people of environment ${environment.id}`,
      };
    },
  };
}
