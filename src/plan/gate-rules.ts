import { means, parseAddress } from './address.js';
import type { Person } from './model.js';
import { rolesFor } from './quorum.js';
import type { Gate } from './run-status.js';

/** Why a person's message is not taken: a coded reason, shown to the sender and in the status. */
export interface Objection {
  code: string;
  reason: string;
}

export interface Asked {
  by: string;
  gate?: string;
  digest?: string;
}

/** The gates that an answer of this kind could mean: all open ones, or those that the person named. */
function candidates(gates: readonly Gate[], answer: string, asked: Asked, phase: string): Gate[] {
  const able = gates.filter((gate) => gate.answers.includes(answer));
  if (asked.gate === undefined) return able;
  const written = parseAddress(asked.gate, phase);
  return written === undefined ? [] : able.filter((gate) => means(written, gate.address));
}

/**
 * Finds the gate that an answer is for and says why the answer cannot be taken, in the order in which a person would
 * mend it: which gate, which version of it, who may answer.
 */
export function findGate(
  gates: readonly Gate[],
  answer: string,
  asked: Asked,
  context: { phase: string; people: readonly Person[]; startedBy: string; allowStarter: (gate: Gate) => boolean }
): { gate: Gate } | Objection {
  const found = candidates(gates, answer, asked, context.phase);
  const open = gates.filter((gate) => gate.answers.includes(answer)).map((gate) => gate.address);
  if (found.length === 0) {
    if (asked.gate === undefined) return { code: 'PG203', reason: `no gate is open that could take "${answer}"` };
    const others = open.length > 0 ? `open: ${open.join(', ')}` : 'none is open';
    return { code: 'PG208', reason: `${asked.gate} is not open for "${answer}" (${others})` };
  }
  const gate = found[0];
  if (found.length > 1 || gate === undefined) {
    return { code: 'PG209', reason: `several gates are open, say which one: ${open.join(', ')}` };
  }
  if (asked.digest !== undefined && !sameDigest(gate.digest, asked.digest)) {
    return {
      code: 'PG206',
      reason: `${gate.address} is bound to ${short(gate.digest)}, not to ${short(asked.digest)}: look at it again, then answer`,
    };
  }
  const objection = mayAnswer(gate, answer, asked.by, context);
  return objection ?? { gate };
}

function mayAnswer(
  gate: Gate,
  answer: string,
  by: string,
  context: { people: readonly Person[]; startedBy: string; allowStarter: (gate: Gate) => boolean }
): Objection | undefined {
  const person = context.people.find((candidate) => candidate.name === by);
  if (!person) {
    const names = gate.people.join(', ') || 'nobody';
    return { code: 'PG204', reason: `${by} is not one of this environment's people (may answer: ${names})` };
  }
  if (answer === 'retry' || answer === 'rollback') return undefined;
  if (gate.kind === 'approval' && by === context.startedBy && !context.allowStarter(gate)) {
    return {
      code: 'PG205',
      reason: `${by} started this run, so the answer must come from somebody else (${gate.people.join(', ')})`,
    };
  }
  const allowed = answer === 'waive' ? rolesFor(person, gate.roles).length > 0 : gate.people.includes(by);
  if (!allowed) {
    const roles = Object.keys(gate.roles).join(', ');
    return {
      code: 'PG204',
      reason: `${by} holds none of the roles of ${gate.address} (${roles}); may answer: ${gate.people.join(', ') || 'nobody'}`,
    };
  }
  return undefined;
}

const shortest = 8;
/** People and pages show a digest cut short; eight hex digits are enough to mean it. */
export function sameDigest(full: string, written: string): boolean {
  const bare = (digest: string): string =>
    digest
      .trim()
      .toLowerCase()
      .replace(/^sha256:/, '')
      .replace(/…$/, '');
  return bare(written).length >= shortest && bare(full).startsWith(bare(written));
}

/** `sha256:9f3c21ab…`, as people see it. */
export function short(digest: string): string {
  return digest.length > 20 ? `${digest.slice(0, 'sha256:'.length + 12)}…` : digest;
}
