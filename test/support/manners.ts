import type { PhasegateClient } from '../../src/client/phasegate-client.js';
import type { OpenGate } from '../../src/client/read/snapshot.js';

/** What somebody says at a gate. */
export type Word = 'approve' | 'reject' | 'done' | 'retry' | 'waive';

/** What a test's people do at a gate; undefined: they leave it alone. */
export type Manners = (gate: OpenGate) => Word | undefined;

/** Everybody says yes, and a HOLD is left to somebody else. */
export const agreeable: Manners = ({ kind }) =>
  (({ approval: 'approve', attestation: 'done', hold: undefined }) as const)[kind];

/** Says it through the client, as the command line does. */
export async function say(client: PhasegateClient, gate: OpenGate, by: string, word: Word): Promise<void> {
  const reason = 'a test says so';
  switch (word) {
    case 'approve':
      return void (await client.approve(gate, { by }));
    case 'reject':
      return void (await client.reject(gate, { by, reason }));
    case 'done':
      return void (await client.attest(gate, { by, answer: 'done', evidence: reason }));
    case 'retry':
      return void (await client.retry(gate, { by }));
    case 'waive':
      return void (await client.waive(gate, { by, reason }));
  }
}
