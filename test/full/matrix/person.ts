import type { WorkflowHandle } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import type { Gate, PhaseStatus, RollbackStatus } from '../../../src/plan/run-status.js';
import type { Stage } from '../../support/stage/stage.js';
import type { World } from '../../support/stage/world.js';

/** A person who is never told still looks this often. */
const looksEveryMs = 5_000;

interface How {
  /** What to do at the approval of the last phase instead of approving it. */
  trigger: (() => Promise<void>) | undefined;
  /** What people wait for before they decide on a gate. */
  before: (address: string) => Promise<void>;
  /** Whether they see to the clean-up. */
  cleansUp: boolean;
}

const parts = ['phase/1a', 'phase/1b', 'phase/checked', 'rollback/1a', 'rollback/1b', 'rollback/all'];

/**
 * The people of one run: they look when they are told and now and then by themselves, approve what asks for approval
 * (but for the trigger of the cell), answer every HOLD with another attempt, and do the tasks of the clean-up until each
 * is done.
 */
export class Person {
  /** Addresses at which another attempt was asked for. */
  readonly retried: string[] = [];
  private readonly stage: Stage;
  private readonly world: World;
  private readonly run: WorkflowHandle;
  private readonly how: How;
  private pulled = false;
  private gone = false;

  constructor(stage: Stage, world: World, run: WorkflowHandle, how: How) {
    this.stage = stage;
    this.world = world;
    this.run = run;
    this.how = how;
  }

  /** Answers until told to go. */
  async answer(): Promise<void> {
    let told = 0;
    let lookedAt = 0;
    while (!this.gone) {
      if (this.world.notes.length > told || Date.now() - lookedAt > looksEveryMs) {
        told = this.world.notes.length;
        lookedAt = Date.now();
        for (const part of [...parts, ...(this.how.cleansUp ? ['cleanup'] : [])]) {
          await this.look(this.stage.handleOf(`${this.run.workflowId}/${part}`));
        }
      }
      await delay(100);
    }
  }

  go(): void {
    this.gone = true;
  }

  private async look(part: WorkflowHandle): Promise<void> {
    const gates = await openGates(part);
    for (const gate of gates) await this.decide(part, gate).catch(notWhenItHasEnded);
  }

  private async decide(part: WorkflowHandle, gate: Gate): Promise<void> {
    if (gate.answers.includes('retry')) {
      this.retried.push(gate.address);
      await part.signal('retry', { by: 'dana', gate: gate.address });
      return;
    }
    if (gate.answers.includes('attest')) {
      const isAgain = !gate.address.endsWith('#1') && !this.retried.includes(gate.address);
      if (isAgain) this.retried.push(gate.address);
      await part.signal('attest', { by: 'erin', item: gate.address, answer: 'done' });
      return;
    }
    const { trigger, before } = this.how;
    await before(gate.address);
    if (trigger && gate.address.startsWith('1b/')) {
      if (!this.pulled) await trigger();
      this.pulled = true;
      return;
    }
    await part.signal('approve', { by: 'erin', gate: gate.address });
  }
}

async function openGates(part: WorkflowHandle): Promise<readonly Gate[]> {
  try {
    const { status } = await part.describe();
    if (status.name !== 'RUNNING') return [];
    return (await part.query<PhaseStatus | RollbackStatus>('status')).gates;
  } catch (error) {
    // It has not begun, or no worker has a moment: the next look will tell.
    if (error instanceof Error) return [];
    throw error;
  }
}

function notWhenItHasEnded(error: unknown): void {
  if (!(error instanceof Error && error.name === 'WorkflowNotFoundError')) throw error;
}
