import type { Gate } from './run-status.js';
import { oneOf } from './text/spans.js';

/** What people owe together: whoever of them answers first has answered for all. */
export interface Owed {
  /** `erin or enzo` */
  who: string;
  people: string[];
  addresses: string[];
}

/** The open gates by the people who may answer them; who owes most comes first. */
export function owedBy(gates: ReadonlyArray<Pick<Gate, 'people' | 'address'>>): Owed[] {
  const owed = new Map<string, Owed>();
  for (const { people, address } of gates) {
    const who = oneOf(people);
    const known = owed.get(who) ?? { who, people, addresses: [] };
    known.addresses.push(address);
    owed.set(who, known);
  }
  return [...owed.values()].toSorted((a, b) => b.addresses.length - a.addresses.length);
}
