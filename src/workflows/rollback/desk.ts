import { condition } from '@temporalio/workflow';
import { findGate, type Objection } from '../../plan/gate-rules.js';
import { patienceMs } from '../../plan/patience.js';
import type { RollbackInput } from '../../plan/run-input.js';
import type { Gate, UndoRecord } from '../../plan/run-status.js';
import { announce } from '../announce.js';
import { refused } from '../messages.js';
import type { RollbackRecord } from './record.js';

export type Decision = { kind: 'retry' } | { kind: 'takeover'; by: string; reason: string };

/** What people are asked about a change that is not undone. */
export interface Question {
  /** What the notification is called. */
  headline: string;
  reason: string;
  /** What people can do about it. */
  advice: string;
  /** What happens when nobody answers. */
  then: string;
  answers: Array<Decision['kind']>;
}

/** The desk of a rollback: people are asked there about what could not be undone, again and again until they answer. */
export class RollbackDesk {
  private readonly input: RollbackInput;
  private readonly record: RollbackRecord;
  /** What people said at an open gate, until it is acted on. */
  private readonly decisions = new Map<Gate, Decision>();

  constructor(input: RollbackInput, record: RollbackRecord) {
    this.input = input;
    this.record = record;
  }

  listen(): void {
    const { inbox } = this.record;
    inbox.on('takeover', {
      check: ({ by, entry }) => objection(this.find('takeover', by, entry)),
      take: async ({ by, entry, reason }) => {
        const { address, answers } = this.decide(this.find('takeover', by, entry), { kind: 'takeover', by, reason });
        const said = answers.includes('retry') ? `has undone ${address} by hand` : `accepts ${address} as it is`;
        return { message: `${by} ${said}`, repeated: false };
      },
    });
    inbox.on('retry', {
      check: ({ by, gate }) => objection(this.find('retry', by, gate)),
      take: async ({ by, gate }) => {
        const meant = this.decide(this.find('retry', by, gate), { kind: 'retry' });
        return { message: `trying ${meant.address} again`, repeated: false };
      },
    });
    inbox.on('rollback', {
      check: () => undefined,
      take: async () => ({ message: 'the rollback is under way', repeated: true }),
    });
  }

  open(undo: UndoRecord, { answers, then }: Question): Gate {
    const gate: Gate = {
      address: undo.entryId,
      kind: 'hold',
      title: undo.title,
      reason: '',
      roles: {},
      people: this.input.environment.people.map((person) => person.name),
      decisions: [],
      openedAt: Date.now(),
      deadlineAt: Date.now(),
      then,
      digest: '',
      answers,
    };
    this.record.openGate(gate);
    return gate;
  }

  /** Tells people, for the n-th time (from 1), and says until when the rollback waits for them. */
  ask(gate: Gate, question: Question, times: number): void {
    gate.reason = question.reason;
    gate.deadlineAt = Date.now() + patienceMs(times);
    this.record.publish();
    void announce(this.input.run, this.input.environment, {
      kind: 'undo-failed',
      address: gate.address,
      title: `${question.headline}: ${gate.title}`,
      text: `${question.reason}. ${question.advice}`,
      to: gate.people,
    });
  }

  /** What somebody says before the gate's deadline. */
  async answer(gate: Gate): Promise<Decision | undefined> {
    const left = Math.max(1, gate.deadlineAt - Date.now());
    await condition(() => this.isAnswered(gate), left, { summary: `Next: ${gate.then}: ${gate.address}` });
    const decision = this.decisions.get(gate);
    this.decisions.delete(gate);
    return decision;
  }

  isAnswered(gate: Gate): boolean {
    return this.decisions.has(gate);
  }

  /** Resolves when somebody has answered; the decision stays on the desk. */
  async answered(gate: Gate): Promise<void> {
    await condition(() => this.isAnswered(gate));
  }

  close(gate: Gate): void {
    this.decisions.delete(gate);
    this.record.closeGate(gate);
  }

  private find(answer: string, by: string, gate: string | undefined): { gate: Gate } | Objection {
    const context = {
      phase: '',
      people: this.input.environment.people,
      startedBy: this.input.run.startedBy,
      allowStarter: () => true,
    };
    const found = findGate(this.record.gates, answer, { by, ...(gate === undefined ? {} : { gate }) }, context);
    return 'code' in found && found.code === 'PG208' ? { ...found, code: 'PG209' } : found;
  }

  private decide(found: { gate: Gate } | Objection, decision: Decision): Gate {
    if ('code' in found) throw refused(found);
    this.decisions.set(found.gate, decision);
    return found.gate;
  }
}

function objection(found: { gate: Gate } | Objection): Objection | undefined {
  return 'code' in found ? found : undefined;
}
