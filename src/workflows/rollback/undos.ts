import { ActivityFailure, condition } from '@temporalio/workflow';
import { findGate, type Objection } from '../../plan/gate-rules.js';
import { targetOf, type UndoStep } from '../../plan/ledger.js';
import type { RollbackInput } from '../../plan/run-input.js';
import type { Gate, UndoRecord } from '../../plan/run-status.js';
import { environmentCalls, type EnvironmentCalls } from '../activities.js';
import { announce } from '../announce.js';
import { refused } from '../messages.js';
import { failureText } from '../phase/attempt.js';
import { sliceEnvironment } from '../slice.js';
import type { RollbackRecord } from './record.js';

const minute = 60_000;
/** A failing undo tries again by itself this often, and at once when a person says `retry`. */
const retryEveryMs = 5 * minute;

type Decision = { kind: 'retry' } | { kind: 'takeover'; by: string; reason: string };

/** Undoes the steps in their order; what keeps failing waits for a person while the others go on. */
export class Undos {
  private readonly input: RollbackInput;
  private readonly record: RollbackRecord;
  private readonly calls: EnvironmentCalls;
  /** What people said at the gate of a failing undo, until it is acted on. */
  private readonly decisions = new Map<Gate, Decision>();

  constructor(input: RollbackInput, record: RollbackRecord) {
    this.input = input;
    this.record = record;
    this.calls = environmentCalls(input.environment.id);
  }

  listen(): void {
    const { inbox } = this.record;
    inbox.on('takeover', {
      check: ({ by, entry }) => objection(this.find('takeover', by, entry)),
      take: async ({ by, entry, reason }) => {
        const gate = this.decide(this.find('takeover', by, entry), { kind: 'takeover', by, reason });
        return { message: `${by} has undone ${gate.address} by hand`, repeated: false };
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

  /**
   * Undoes everything once; resolves when each undo was tried. `finish` waits for those that failed, and for older
   * states of their targets: undone before, they would be overwritten by what is still tried.
   */
  async all(): Promise<{ finish: Promise<void> }> {
    const late = new Map<string, Promise<void>>();
    for (const [index, step] of this.record.steps.entries()) {
      const undo = this.record.undos[index];
      if (!undo) continue;
      const target = targetOf(step.entry.change);
      const newer = late.get(target);
      if (newer) late.set(target, this.undoAfter(newer, step, undo));
      else if (!(await this.attempt(step, undo, 1))) late.set(target, this.insist(step, undo));
    }
    return { finish: Promise.all(late.values()).then(() => undefined) };
  }

  private async undoAfter(newer: Promise<void>, step: UndoStep, undo: UndoRecord): Promise<void> {
    await newer;
    if (!(await this.attempt(step, undo, 1))) await this.insist(step, undo);
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

  private async attempt({ entry }: UndoStep, undo: UndoRecord, attempt: number): Promise<boolean> {
    this.record.mark(undo, { state: 'running' });
    const { change } = entry;
    const deployment = change.type === 'deploy' ? this.input.environment.deploy[change.target] : undefined;
    const environment = sliceEnvironment(
      this.input.environment,
      change.type === 'flag' ? { flags: true } : { deploy: change.target }
    );
    try {
      const done = await this.calls
        // Read, undo, read back: each may take its time.
        .changes(3 * (deployment?.timeout.ms ?? 0) + minute)
        .undoChange.executeWithOptions(
          { summary: `Undo: ${undo.title}`.slice(0, 180), retry: { initialInterval: '1s', maximumAttempts: 4 } },
          [{ entry, environment, key: `${entry.idempotencyKey}/undo#${attempt}` }]
        );
      this.record.mark(undo, { state: 'done', reason: done.reason, evidence: done.evidence });
      return true;
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      this.record.mark(undo, { state: 'failing', reason: failureText(error) });
      return false;
    }
  }

  /** Pages somebody, then tries again and again until it is undone or taken over by hand. */
  private async insist(step: UndoStep, undo: UndoRecord): Promise<void> {
    const gate = this.gateOf(undo);
    this.record.openGate(gate);
    void announce(this.input.run, this.input.environment, {
      kind: 'undo-failed',
      address: undo.entryId,
      title: `Undo keeps failing: ${undo.title}`,
      text: `${undo.reason ?? ''}. Undo it by hand and say so (takeover), or mend the target and retry.`,
      to: gate.people,
    });
    for (let attempt = 2; ; attempt++) {
      gate.deadlineAt = Date.now() + retryEveryMs;
      await condition(() => this.decisions.has(gate), retryEveryMs, { summary: `Next attempt: ${undo.title}` });
      const decision = this.decisions.get(gate);
      this.decisions.delete(gate);
      if (decision?.kind === 'takeover') {
        const { by, reason } = decision;
        this.record.mark(undo, { state: 'taken over', by, reason: `${by}: ${reason}` });
        break;
      }
      if (await this.attempt(step, undo, attempt)) break;
      gate.reason = reasonOf(undo);
      this.record.publish();
    }
    this.record.closeGate(gate);
  }

  private gateOf(undo: UndoRecord): Gate {
    return {
      address: undo.entryId,
      kind: 'hold',
      title: undo.title,
      reason: reasonOf(undo),
      roles: {},
      people: this.input.environment.people.map((person) => person.name),
      decisions: [],
      openedAt: Date.now(),
      deadlineAt: Date.now() + retryEveryMs,
      then: 'try again',
      digest: '',
      answers: ['retry', 'takeover'],
    };
  }
}

function objection(found: { gate: Gate } | Objection): Objection | undefined {
  return 'code' in found ? found : undefined;
}

function reasonOf(undo: UndoRecord): string {
  return `the undo keeps failing: ${undo.reason ?? ''}`;
}
