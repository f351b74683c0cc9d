import { condition, uuid4 } from '@temporalio/workflow';
import { findGate } from '../../plan/gate-rules.js';
import { rolesFor, tally, type Decision } from '../../plan/quorum.js';
import type { Gate } from '../../plan/run-status.js';
import type { Answer, Message } from '../../plan/wire.js';
import type { PhaseInput } from '../../plan/run-input.js';
import { onMessage, refused, type Clerk } from '../messages.js';
import type { PhaseContext } from './context.js';
import type { PhaseRecord } from './record.js';

/** How a gate ended. */
export type GateOutcome =
  | { kind: 'approved' | 'expired' | 'recovered' }
  | { kind: 'rejected' | 'retry' | 'rollback' | 'waived'; by: string; reason?: string }
  | { kind: 'answered'; by: string; answer: string; evidence?: string; reason?: string };

type GateMessage = 'approve' | 'reject' | 'attest' | 'retry' | 'waive';

/** Where people answer the gates of a phase: finds the gate that is meant, checks who asks, and records the decision. */
export class Desk {
  private readonly outcomes = new Map<Gate, GateOutcome>();
  /** Message ids and gate-person-decision triples that were taken: a repeated one is harmless. */
  private readonly taken = new Map<string, string>();

  private readonly input: PhaseInput;
  private readonly record: PhaseRecord;
  private readonly context: PhaseContext;

  constructor(context: PhaseContext, record: PhaseRecord) {
    this.input = context.input;
    this.record = record;
    this.context = context;
  }

  listen(): void {
    onMessage(
      'approve',
      this.record.refusals,
      this.clerk('approve', (gate, m, at) => this.decide(gate, 'approve', m, at))
    );
    onMessage(
      'reject',
      this.record.refusals,
      this.clerk('reject', (gate, m, at) => this.decide(gate, 'reject', m, at))
    );
    onMessage(
      'attest',
      this.record.refusals,
      this.clerk('attest', (gate, m) => this.attest(gate, m))
    );
    onMessage(
      'retry',
      this.record.refusals,
      this.clerk('retry', (gate, m) => this.settle(gate, { kind: 'retry', by: m.by, ...why(m) }))
    );
    onMessage(
      'waive',
      this.record.refusals,
      this.clerk('waive', (gate, m) => this.waive(gate, m))
    );
  }

  /** Opens a gate and waits for its end; at the deadline it is `expired`. */
  async wait(gate: Gate, milliseconds: number): Promise<GateOutcome> {
    this.record.openGate(gate);
    try {
      await condition(() => this.outcomes.has(gate), Math.max(1, milliseconds), { summary: `${gate.title}: deadline` });
      return this.outcomes.get(gate) ?? { kind: 'expired' };
    } finally {
      this.outcomes.delete(gate);
      this.record.closeGate(gate);
    }
  }

  /** True as soon as the gate is decided, false when it is still open after so long. */
  async closedWithin(gate: Gate, milliseconds: number): Promise<boolean> {
    return condition(() => !this.isOpen(gate), milliseconds, { summary: `${gate.title}: next reminder` });
  }

  /** Ends an open gate from inside, such as a HOLD whose metrics came back. */
  settle(gate: Gate, outcome: GateOutcome): string {
    if (!this.record.facts.gates.includes(gate) || this.outcomes.has(gate)) {
      throw refused({ code: 'PG208', reason: `${gate.address} was decided in the meantime` });
    }
    this.outcomes.set(gate, outcome);
    return `${outcome.kind} at ${gate.address}`;
  }

  isOpen(gate: Gate): boolean {
    return this.record.facts.gates.includes(gate) && !this.outcomes.has(gate);
  }

  private clerk<N extends GateMessage>(
    name: N,
    apply: (gate: Gate, message: Message<N>, identity: Decision['identity']) => string
  ): Clerk<N> {
    const find = (message: Message<N>): ReturnType<typeof findGate> =>
      findGate(this.record.facts.gates, name, asked(message), {
        phase: this.input.phase.id,
        people: this.input.environment.people,
        startedBy: this.input.run.startedBy,
        allowStarter: (gate) => gate.kind !== 'approval' || this.input.phase.approval?.allowStarter === true,
      });
    return {
      check: (message) => {
        if (this.repeated(name, message) !== undefined) return undefined;
        const found = find(message);
        return 'code' in found ? found : undefined;
      },
      take: async (message): Promise<Answer> => {
        const before = this.repeated(name, message);
        if (before !== undefined) return { message: before, repeated: true };
        const found = find(message);
        if ('code' in found) throw refused(found);
        const identity = await this.context.identify(found.gate, name, message);
        const again = this.repeated(name, message);
        if (again !== undefined) return { message: again, repeated: true };
        const said = apply(found.gate, message, identity);
        for (const key of keysOf(name, message, found.gate.address)) this.taken.set(key, said);
        return { message: said, repeated: false };
      },
    };
  }

  private repeated(name: GateMessage, message: Message<GateMessage>): string | undefined {
    const open = this.record.facts.gates.map((gate) => gate.address);
    const named = 'item' in message ? message.item : message.gate;
    // Without an address the message means what is open now; with one it may also mean what it closed earlier.
    const addresses = named === undefined ? open : [...open, ...this.pastAddresses(named)];
    const keys = addresses.flatMap((where) => keysOf(name, message, where));
    if (message.id !== undefined) keys.push(`id:${name}:${message.id}`);
    return keys.map((key) => this.taken.get(key)).find((said) => said !== undefined);
  }

  private pastAddresses(named: string): string[] {
    const bare = named.trim().toLowerCase();
    return this.record.facts.steps
      .map((step) => step.address)
      .filter((full) => full === bare || full === `${this.input.phase.id}/${bare}`);
  }

  private decide(
    gate: Gate,
    decision: 'approve' | 'reject',
    message: Message<'approve' | 'reject'>,
    identity: Decision['identity']
  ): string {
    if (!this.isOpen(gate)) throw refused({ code: 'PG208', reason: `${gate.address} was decided in the meantime` });
    const person = this.input.environment.people.find((one) => one.name === message.by);
    const made: Decision = {
      id: message.id ?? uuid4(),
      gate: gate.address,
      decision,
      by: message.by,
      roles: person ? rolesFor(person, gate.roles) : [],
      ...why(message),
      at: Date.now(),
      identity,
    };
    gate.decisions.push(made);
    this.record.facts.decisions.push(made);
    const count = tally(gate.roles, gate.decisions);
    if (count.rejectedBy) this.outcomes.set(gate, { kind: 'rejected', by: made.by, ...why(message) });
    else if (count.satisfied) this.outcomes.set(gate, { kind: 'approved' });
    this.record.publish();
    const missing = Object.entries(count.missing).map(([role, n]) => `${n} ${role}`);
    const still = count.rejectedBy || missing.length === 0 ? '' : `, still needs ${missing.join(' and ')}`;
    return `${made.by} ${decision === 'approve' ? 'approved' : 'rejected'} ${gate.address}${still}`;
  }

  private attest(gate: Gate, message: Message<'attest'>): string {
    const step = [...this.input.phase.before, ...this.input.phase.steps, ...this.input.phase.successChecks].find(
      (one) => one.kind === 'attest' && gate.address.startsWith(`${this.input.phase.id}/${one.id}#`)
    );
    if (step?.kind !== 'attest') throw refused({ code: 'PG209', reason: `${gate.address} is no checklist item` });
    if (message.answer === 'not-applicable' && !step.notApplicable) {
      throw refused({
        code: 'PG207',
        reason: `${gate.address} does not allow "not-applicable": answer done or failed`,
      });
    }
    if (message.answer !== 'done' && message.reason === undefined) {
      throw refused({ code: 'PG207', reason: `"${message.answer}" needs a reason` });
    }
    if (message.answer === 'done' && step.evidence === 'required' && message.evidence === undefined) {
      throw refused({
        code: 'PG207',
        reason: `${gate.address} needs evidence: a link, a note, or the digest of a file`,
      });
    }
    return this.settle(gate, {
      kind: 'answered',
      by: message.by,
      answer: message.answer,
      ...(message.evidence === undefined ? {} : { evidence: message.evidence }),
      ...why(message),
    });
  }

  private waive(gate: Gate, message: Message<'waive'>): string {
    const said = this.settle(gate, { kind: 'waived', by: message.by, reason: message.reason });
    this.record.facts.waivers.push({ address: gate.address, by: message.by, reason: message.reason, at: Date.now() });
    return said;
  }
}

function why(message: { reason?: string | undefined }): { reason?: string } {
  return message.reason === undefined ? {} : { reason: message.reason };
}

function asked(message: Message<GateMessage>): { by: string; gate?: string; digest?: string } {
  const gate = 'item' in message ? message.item : message.gate;
  const digest = 'digest' in message ? message.digest : undefined;
  return { by: message.by, ...(gate === undefined ? {} : { gate }), ...(digest === undefined ? {} : { digest }) };
}

/** One person counts once at a gate: the same answer again is a repetition, whatever its id. */
function keysOf(name: GateMessage, message: Message<GateMessage>, where: string): string[] {
  const answer = 'answer' in message ? `:${message.answer}` : '';
  const keys = [`${where}:${name}:${message.by}${answer}`];
  if (message.id !== undefined) keys.push(`id:${name}:${message.id}`);
  return keys;
}
