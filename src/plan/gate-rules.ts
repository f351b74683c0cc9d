import { means, parseAddress } from './address.js';
import type { AttestStep, Person, Phase } from './model.js';
import { rollbackRequest } from './names.js';
import { findPerson } from './people.js';
import { placesFor } from './quorum.js';
import type { Gate } from './run-status.js';
import { oneOf } from './text/spans.js';
import type { Message } from './wire.js';

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

export interface GateContext {
  phase: string;
  people: readonly Person[];
  startedBy: string;
  /** Whether the one who started the run may decide at this gate. */
  allowStarter: (gate: Gate) => boolean;
}

/** Whether the one who started a run may decide at a gate of this phase. */
export function starterMayDecide(
  gate: Pick<Gate, 'address'>,
  phase: Pick<Phase, 'id' | 'approval' | 'stage'>
): boolean {
  if (gate.address.startsWith(`${phase.id}/${rollbackRequest}#`))
    return phase.stage?.rollbackApproval?.allowStarter === true;
  // To waive a HOLD of the approval would be to approve by another name.
  return !gate.address.startsWith(`${phase.id}/approval#`) || phase.approval?.allowStarter === true;
}

/**
 * Finds the gate that an answer is for and says why the answer cannot be taken, in the order in which a person would
 * mend it: which gate, which version of it, who may answer.
 */
export function findGate(
  gates: readonly Gate[],
  answer: string,
  asked: Asked,
  context: GateContext
): { gate: Gate } | Objection {
  const named = gates.filter((gate) => isNamed(gate, asked.gate, context.phase));
  const found = named.filter((gate) => gate.answers.includes(answer));
  const [gate] = found;
  if (gate === undefined) return notOpen(gates, named, answer, asked);
  if (found.length > 1) {
    const addresses = found.map((one) => one.address).join(', ');
    return { code: 'PG209', reason: `several gates are open, say which one: ${addresses}` };
  }
  if (asked.digest !== undefined && !sameDigest(gate.digest, asked.digest)) {
    return {
      code: 'PG206',
      reason: `${gate.address} is bound to ${short(gate.digest)}, not to ${short(asked.digest)}: look at it again, then answer`,
    };
  }
  return mayAnswer(gate, answer, asked.by, context) ?? { gate };
}

function isNamed(gate: Gate, written: string | undefined, phase: string): boolean {
  if (written === undefined) return true;
  const address = parseAddress(written, phase);
  return address !== undefined && means(address, gate.address);
}

function notOpen(gates: readonly Gate[], named: readonly Gate[], answer: string, asked: Asked): Objection {
  if (asked.gate === undefined) return { code: 'PG203', reason: `no gate is open that could take "${answer}"` };
  const [other] = named;
  if (other) {
    return { code: 'PG208', reason: `${other.address} does not take "${answer}": answer ${oneOf(other.answers)}` };
  }
  const open = gates.map((gate) => gate.address);
  return {
    code: 'PG208',
    reason: `${asked.gate} is not open (${open.length > 0 ? `open: ${open.join(', ')}` : 'no gate is'})`,
  };
}

/** Why somebody may not answer an open gate, or undefined. */
export function mayAnswer(gate: Gate, answer: string, by: string, context: GateContext): Objection | undefined {
  const person = findPerson(context.people, by);
  if (!person) return stranger(context.people, by);
  // Trying again passes nothing by itself, so anybody may ask for it.
  if (answer === 'retry') return undefined;
  if (person.name === context.startedBy && !context.allowStarter(gate)) {
    const others = gate.people.filter((name) => name !== person.name);
    return {
      code: 'PG205',
      reason: `${person.name} started this run, so the answer must come from somebody else (${oneOf(others)})`,
    };
  }
  // A no counts from everybody who may decide, also from somebody who said yes before.
  const byRole = answer === 'waive' || answer === 'reject';
  const allowed = byRole ? placesFor(person, gate).length > 0 : gate.people.includes(person.name);
  if (allowed) return undefined;
  if (gate.decisions.some((decision) => decision.by === person.name)) {
    return { code: 'PG208', reason: `${person.name} has decided already at ${gate.address}; one person counts once` };
  }
  const roles = Object.keys(gate.roles).join(', ');
  return {
    code: 'PG204',
    reason: `${person.name} cannot answer ${gate.address} (role ${roles}); may answer: ${oneOf(gate.people)}`,
  };
}

/** The objection to somebody whom the environment does not know. */
export function stranger(people: ReadonlyArray<Pick<Person, 'name'>>, by: string): Objection {
  return {
    code: 'PG204',
    reason: `${by} is not one of this environment's people (${people.map((person) => person.name).join(', ')})`,
  };
}

/** What an answer to a checklist item lacks, or undefined. */
export function attestationProblem(
  step: Pick<AttestStep, 'notApplicable' | 'evidence'>,
  message: Pick<Message<'attest'>, 'answer' | 'evidence' | 'reason'>
): Objection | undefined {
  if (message.answer === 'not-applicable' && !step.notApplicable) {
    return { code: 'PG211', reason: 'this item does not allow "not-applicable": answer done or failed' };
  }
  if (message.answer !== 'done' && message.reason === undefined) {
    return { code: 'PG212', reason: `"${message.answer}" needs a reason` };
  }
  if (message.answer === 'done' && step.evidence === 'required' && message.evidence === undefined) {
    return { code: 'PG212', reason: 'this item needs evidence: a link, a note, or the digest of a file' };
  }
  const scheme = schemeOf(message.evidence);
  if (scheme !== undefined && !linkSchemes.includes(scheme)) {
    return {
      code: 'PG212',
      reason: `evidence may not be a link of the scheme "${scheme}": give one of ${oneOf(linkSchemes)}, a note, or the digest of a file`,
    };
  }
  return undefined;
}

const linkSchemes = ['https', 'http'];

/** A report shows evidence as a link, and whoever reads it follows it. A note may have a colon: `seen: all green`. */
function schemeOf(evidence: string | undefined): string | undefined {
  const [, link, inline] =
    /^\s*(?:([a-z][a-z0-9+.-]*):\/\/|(javascript|vbscript|data|file|blob|about):)/i.exec(evidence ?? '') ?? [];
  return (link ?? inline)?.toLowerCase();
}

const shortest = 8;
/** People and pages show a digest cut short; eight hex digits are enough to mean it. */
export function sameDigest(full: string, written: string): boolean {
  const bare = (digest: string): string =>
    digest
      .trim()
      .toLowerCase()
      .replace(/^sha256:/, '')
      .replace(/(…|\.\.\.)$/, '');
  return bare(written).length >= shortest && bare(full).startsWith(bare(written));
}

/** `sha256:9f3c21ab…`, as people see it. */
export function short(digest: string): string {
  return digest.length > 20 ? `${digest.slice(0, 'sha256:'.length + 12)}…` : digest;
}
