import { uuid4 } from '@temporalio/workflow';
import { means, parseAddress } from '../../plan/address.js';
import {
  attestationProblem,
  findGate,
  starterMayDecide,
  type GateContext,
  type Objection,
} from '../../plan/gate-rules.js';
import type { AttestStep } from '../../plan/model.js';
import { rollbackRequest } from '../../plan/names.js';
import { joinRoles, placesFor, tally, type Decision } from '../../plan/quorum.js';
import type { Gate } from '../../plan/run-status.js';
import type { Answer, Message } from '../../plan/wire.js';
import { refused, type Clerk, type How } from '../messages.js';
import { Turnstile } from '../turnstile.js';
import { mayApprove } from './approval.js';
import type { PhaseContext } from './context.js';
import type { Desk } from './desk.js';
import { identityOf } from './identity.js';
import type { PhaseRecord } from './record.js';

type GateMessage = 'approve' | 'reject' | 'attest' | 'retry' | 'waive';

/** Takes people's answers to the gates of a phase: which gate is meant, who asks, and what the answer does. */
export class Answers {
  private readonly context: PhaseContext;
  private readonly record: PhaseRecord;
  private readonly desk: Desk;
  private readonly gateContext: GateContext;
  /** What each person said at each gate: saying it again is harmless. */
  private readonly said = new Map<string, string>();
  private readonly turnstile = new Turnstile('send it with the command line');

  constructor(context: PhaseContext, record: PhaseRecord, desk: Desk) {
    this.context = context;
    this.record = record;
    this.desk = desk;
    const { phase, environment, run } = context.input;
    this.gateContext = {
      phase: phase.id,
      people: environment.people,
      startedBy: run.startedBy,
      allowStarter: (gate) => starterMayDecide(gate, phase),
    };
  }

  listen(): void {
    const { inbox } = this.record;
    inbox.on(
      'approve',
      this.clerk('approve', (gate, message, how) => this.decide(gate, 'approve', message, how))
    );
    inbox.on(
      'reject',
      this.clerk('reject', (gate, message, how) => this.decide(gate, 'reject', message, how))
    );
    inbox.on(
      'attest',
      this.clerk('attest', (gate, message, how) => this.attest(gate, message, how))
    );
    inbox.on(
      'retry',
      this.clerk('retry', (gate, message, how) => this.retry(gate, message, how))
    );
    inbox.on(
      'waive',
      this.clerk('waive', (gate, message, how) => this.waive(gate, message, how))
    );
  }

  private clerk<N extends GateMessage>(
    name: N,
    apply: (gate: Gate, message: Message<N>, identity: Decision['identity']) => string
  ): Clerk<N> {
    return {
      check: (message) => {
        if (this.repeated(name, message) !== undefined) return undefined;
        const found = this.find(name, message);
        return 'code' in found ? found : undefined;
      },
      take: async (message, how): Promise<Answer> => {
        const before = this.repeated(name, message);
        if (before !== undefined) return { message: before, repeated: true };
        return this.turnstile.through(how, () => this.believe(name, message, how, apply));
      },
    };
  }

  /** Takes a message when it is certain who sent it. While that is found out, others may be taken. */
  private async believe<N extends GateMessage>(
    name: N,
    message: Message<N>,
    how: How,
    apply: (gate: Gate, message: Message<N>, identity: Decision['identity']) => string
  ): Promise<Answer> {
    const before = this.repeated(name, message);
    if (before !== undefined) return { message: before, repeated: true };
    const found = this.find(name, message);
    if ('code' in found) throw refused(found);
    const identity = await identityOf(this.context, this.desk, found.gate, name, message, how);
    const again = this.repeated(name, message);
    if (again !== undefined) return { message: again, repeated: true };
    const answer = apply(found.gate, message, identity);
    this.said.set(keyOf(name, message, found.gate.address), answer);
    return { message: answer, repeated: false };
  }

  private find(name: GateMessage, message: Message<GateMessage>): { gate: Gate } | Objection {
    const gate = gateNamed(message);
    const digest = 'digest' in message ? message.digest : undefined;
    const asked = {
      by: message.by,
      ...(gate === undefined ? {} : { gate }),
      ...(digest === undefined ? {} : { digest }),
    };
    const found = findGate(this.desk.gatesFor(name), name, asked, this.gateContext);
    // "Yes" to something else must not take everything back.
    if ('gate' in found && gate === undefined && parseAddress(found.gate.address)?.step === rollbackRequest)
      return { code: 'PG209', reason: `say that you mean ${found.gate.address}: it takes everything back` };
    if ('code' in found || !('answer' in message)) return found;
    const step = this.attestStepAt(found.gate);
    return (step && attestationProblem(step, message)) ?? found;
  }

  private attestStepAt(gate: Gate): AttestStep | undefined {
    const { phase } = this.context.input;
    const id = parseAddress(gate.address)?.step;
    const items = [...phase.before, ...phase.steps, ...phase.successChecks];
    return items.find((item): item is AttestStep => item.kind === 'attest' && item.id === id);
  }

  private repeated(name: GateMessage, message: Message<GateMessage>): string | undefined {
    const named = gateNamed(message);
    const addresses = named === undefined ? this.desk.gates.map((gate) => gate.address) : this.addressesOf(name, named);
    return addresses.map((where) => this.said.get(keyOf(name, message, where))).find((said) => said !== undefined);
  }

  /** An address means a gate that is open and takes the answer; only where none is, what the answer closed earlier. */
  private addressesOf(name: GateMessage, written: string): string[] {
    const meant = parseAddress(written, this.context.input.phase.id);
    if (!meant) return [];
    const open = this.desk.gatesFor(name).flatMap((gate) => (gate.answers.includes(name) ? [gate.address] : []));
    const all = this.record.facts.steps.map((step) => step.address);
    const stillOpen = open.filter((full) => means(meant, full));
    return stillOpen.length > 0 ? stillOpen : all.filter((full) => means(meant, full));
  }

  private decide(
    gate: Gate,
    decision: 'approve' | 'reject',
    message: Message<'approve' | 'reject'>,
    identity: Decision['identity']
  ): string {
    this.desk.requireOpen(gate);
    const { people } = this.context.input.environment;
    const person = people.find((one) => one.name === message.by);
    const made: Decision = {
      id: message.id ?? uuid4(),
      gate: gate.address,
      decision,
      by: message.by,
      roles: person ? placesFor(person, gate) : [],
      ...why(message),
      at: Date.now(),
      identity,
    };
    gate.decisions.push(made);
    this.record.facts.decisions.push(made);
    const count = tally(gate, gate.decisions);
    if (count.rejectedBy) this.desk.settle(gate, { kind: 'rejected', by: made.by, ...why(message) });
    else if (count.satisfied) this.desk.settle(gate, { kind: 'approved' });
    if (this.desk.isOpen(gate)) {
      gate.people = mayApprove(this.context.input, gate);
      this.record.publish();
    }
    if (decision === 'reject') return `${made.by} rejected ${gate.address}`;
    const missing = Object.entries(count.missing).map(([role, places]) => `${places} ${role}`);
    return `${made.by} approved ${gate.address}${missing.length > 0 ? `, still needs ${joinRoles(gate, missing)}` : ''}`;
  }

  private attest(gate: Gate, message: Message<'attest'>, identity: Decision['identity']): string {
    const { by, answer, evidence } = message;
    this.desk.settle(gate, {
      kind: 'answered',
      by,
      identity,
      answer,
      ...(evidence === undefined ? {} : { evidence }),
      ...why(message),
    });
    return `${by} answered ${gate.address}: ${answer}`;
  }

  private retry(gate: Gate, message: Message<'retry'>, identity: Decision['identity']): string {
    this.desk.settle(gate, { kind: 'retry', by: message.by, identity, ...why(message) });
    return `${gate.address} is tried again`;
  }

  private waive(gate: Gate, message: Message<'waive'>, identity: Decision['identity']): string {
    const { by, reason } = message;
    this.desk.settle(gate, { kind: 'waived', by, identity, reason });
    this.record.facts.waivers.push({ address: gate.address, by, reason, at: Date.now() });
    return `${by} waived ${gate.address}`;
  }
}

function gateNamed(message: Message<GateMessage>): string | undefined {
  return 'item' in message ? message.item : message.gate;
}

function why(message: { reason?: string | undefined }): { reason?: string } {
  return message.reason === undefined ? {} : { reason: message.reason };
}

/** One person counts once at a gate: the same answer again is a repetition, whatever its id. */
function keyOf(name: GateMessage, message: Message<GateMessage>, where: string): string {
  const said = 'answer' in message ? [message.answer, message.evidence ?? '', message.reason ?? ''] : [''];
  return JSON.stringify([where, name, message.by, ...said]);
}
