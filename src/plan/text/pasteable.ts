import type { Gate } from '../run-status.js';
import type { MessageName } from '../wire.js';

/** A message that a person can paste: its name, and a payload that is right except for the name in it. */
export interface Pasteable {
  name: MessageName;
  payload: string;
}

/** What can be sent at an open gate, each answer filled in with the first person who may send it. */
export function pasteableAnswers(gate: Gate): Pasteable[] {
  const [by = 'your-name'] = gate.people;
  const reason = 'why';
  const payloads: Record<string, object> = {
    approve: { by, gate: gate.address },
    reject: { by, gate: gate.address, reason },
    attest: { by, item: gate.address, answer: 'done', evidence: 'what you saw' },
    retry: { by, gate: gate.address },
    waive: { by: gate.people.at(-1) ?? by, gate: gate.address, reason },
    rollback: { by, reason },
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
