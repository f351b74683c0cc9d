import type { Environment } from '../../plan/model.js';
import { createIdentityVerifier } from './identity-verifier.js';
import type { IdentityVerifier } from './verifier.js';

/** The verifier that an environment's `trust` asks for. */
export function verifierFor(trust: Environment['trust']): IdentityVerifier {
  switch (trust) {
    case 'identity':
      return createIdentityVerifier();
  }
}
