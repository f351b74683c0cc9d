import { parseAddress } from '../address.js';
import type { Gate } from '../run-status.js';
import type { MessageName } from '../wire.js';

/** A message that a person can paste: its name, and a payload that is right except for the name of who sends it. */
export interface Pasteable {
  name: MessageName;
  payload: string;
}

/** A real name here would be taken for that person's word where nobody verifies identities. */
const by = 'your-name';
const reason = 'why';

/** What can be sent at an open gate. `rollback` is about the phase of the gate alone, as its deadline is. */
export function pasteableAnswers(gate: Gate): Pasteable[] {
  const payloads: Record<string, object> = {
    approve: { by, gate: gate.address },
    reject: { by, gate: gate.address, reason },
    attest: { by, item: gate.address, answer: 'done', evidence: 'what you saw' },
    retry: { by, gate: gate.address },
    waive: { by, gate: gate.address, reason },
    rollback: gate.reach === 'all' ? { by, reason } : { by, phase: phaseOf(gate), reason },
    takeover: { by, entry: gate.address, reason: takeoverReason(gate) },
  };
  return gate.answers.flatMap((answer) => {
    const payload = payloads[answer];
    return payload ? [{ name: answer as MessageName, payload: JSON.stringify(payload) }] : [];
  });
}

function takeoverReason({ answers }: Gate): string {
  return answers.includes('retry') ? 'what you did by hand' : 'why it may stay as it is';
}

/** Takes back everything that the run changed, whichever gate is open. */
export const everythingBack: Pasteable = { name: 'rollback', payload: JSON.stringify({ by, reason }) };

/** The phase that a gate belongs to. */
export function phaseOf(gate: Pick<Gate, 'address'>): string | undefined {
  return parseAddress(gate.address)?.phase;
}
