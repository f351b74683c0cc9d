import { ActivityFailure, condition } from '@temporalio/workflow';
import type { UndoStep } from '../../plan/ledger.js';
import type { RollbackInput } from '../../plan/run-input.js';
import type { Gate, UndoRecord } from '../../plan/run-status.js';
import { environmentCalls, type EnvironmentCalls } from '../activities.js';
import { announce } from '../announce.js';
import { onMessage, refused } from '../messages.js';
import { failureOutcome } from '../phase/attempt.js';
import { sliceEnvironment } from '../slice.js';
import type { RollbackRecord } from './record.js';

const minute = 60_000;
/** A failing undo tries again by itself this often, and at once when a person says `retry`. */
const retryEveryMs = 5 * minute;

/** Undoes the steps in their order; what keeps failing waits for a person while the others go on. */
export class Undos {
  private readonly input: RollbackInput;
  private readonly record: RollbackRecord;
  private readonly calls: EnvironmentCalls;
  private readonly takeovers = new Map<string, { by: string; reason: string }>();
  private readonly retries = new Set<string>();

  constructor(input: RollbackInput, record: RollbackRecord) {
    this.input = input;
    this.record = record;
    this.calls = environmentCalls(input.environment.id);
  }

  listen(): void {
    const people = this.input.environment.people;
    const known = ({ by }: { by: string }): { code: string; reason: string } | undefined =>
      people.some((person) => person.name === by)
        ? undefined
        : { code: 'PG204', reason: `${by} is not one of this environment's people` };
    const failing = (entry: string | undefined): Gate | undefined =>
      this.record.gates.find((gate) => entry === undefined || gate.address === entry.trim().toLowerCase());
    onMessage('takeover', this.record.refusals, {
      check: (message) =>
        known(message) ??
        (failing(message.entry) ? undefined : { code: 'PG209', reason: `no failing undo is called ${message.entry}` }),
      take: async ({ by, entry, reason }) => {
        const gate = failing(entry);
        if (!gate) throw refused({ code: 'PG209', reason: `no failing undo is called ${entry}` });
        this.takeovers.set(gate.address, { by, reason });
        return { message: `${by} has undone ${gate.address} by hand`, repeated: false };
      },
    });
    onMessage('retry', this.record.refusals, {
      check: (message) =>
        known(message) ?? (failing(message.gate) ? undefined : { code: 'PG203', reason: 'no undo is failing' }),
      take: async ({ gate }) => {
        const meant = failing(gate);
        if (!meant) throw refused({ code: 'PG203', reason: 'no undo is failing' });
        this.retries.add(meant.address);
        return { message: `trying ${meant.address} again`, repeated: false };
      },
    });
  }

  takenOver(): string[] {
    return [...this.takeovers.keys()];
  }

  async all(): Promise<void> {
    const insisting: Array<Promise<void>> = [];
    for (const [index, step] of this.record.steps.entries()) {
      const undo = this.record.undos[index];
      if (undo && !(await this.attempt(step, undo, 1))) insisting.push(this.insist(step, undo));
    }
    await Promise.all(insisting);
  }

  private async attempt({ entry }: UndoStep, undo: UndoRecord, attempt: number): Promise<boolean> {
    this.record.mark(undo, { state: 'running' });
    const { change } = entry;
    const deployment = change.type === 'deploy' ? this.input.environment.deploy[change.target] : undefined;
    try {
      const done = await this.calls
        .changes(3 * (deployment?.timeout.ms ?? 0) + minute)
        .undoChange.executeWithOptions(
          { summary: `Undo: ${undo.title}`.slice(0, 180), retry: { initialInterval: '1s', maximumAttempts: 4 } },
          [
            {
              entry,
              environment: sliceEnvironment(
                this.input.environment,
                change.type === 'flag' ? { flags: true } : { deploy: change.target }
              ),
              key: `${entry.idempotencyKey}/undo#${attempt}`,
            },
          ]
        );
      this.record.mark(undo, { state: 'done', reason: done.reason, evidence: done.evidence });
      return true;
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      this.record.mark(undo, { state: 'failing', reason: failureOutcome(error).reason });
      return false;
    }
  }

  /** Pages somebody, then tries again and again until it is undone or taken over by hand. */
  private async insist(step: UndoStep, undo: UndoRecord): Promise<void> {
    const gate: Gate = {
      address: undo.entryId,
      kind: 'hold',
      title: undo.title,
      reason: `the undo keeps failing: ${undo.reason ?? ''}`,
      roles: {},
      people: this.input.environment.people.map((person) => person.name),
      decisions: [],
      openedAt: Date.now(),
      deadlineAt: Date.now() + retryEveryMs,
      then: 'try again',
      digest: '',
      answers: ['retry', 'takeover'],
    };
    this.record.gates.push(gate);
    this.record.publish();
    void announce(this.input.run, this.input.environment, {
      kind: 'undo-failed',
      address: undo.entryId,
      title: `Undo keeps failing: ${undo.title}`,
      text: `${undo.reason ?? ''}. Undo it by hand and say so (takeover), or mend the target and retry.`,
      to: gate.people,
    });
    for (let attempt = 2; ; attempt++) {
      gate.deadlineAt = Date.now() + retryEveryMs;
      const asked = (): boolean => this.takeovers.has(undo.entryId) || this.retries.has(undo.entryId);
      await condition(asked, retryEveryMs, { summary: `Next attempt: ${undo.title}` });
      const byHand = this.takeovers.get(undo.entryId);
      if (byHand) {
        this.record.mark(undo, { state: 'taken over', by: byHand.by, reason: `${byHand.by}: ${byHand.reason}` });
        break;
      }
      this.retries.delete(undo.entryId);
      if (await this.attempt(step, undo, attempt)) break;
    }
    this.record.gates = this.record.gates.filter((open) => open !== gate);
    this.record.publish();
  }
}
