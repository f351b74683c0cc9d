import { CancellationScope, condition } from '@temporalio/workflow';
import { takeBackSignal, type TakeBackOrder } from '../../plan/incidents/signals.js';
import type { Stop } from '../phase/stop.js';
import { tellWorkflow } from '../tell-workflow.js';
import type { MigrationRecord } from './record.js';

/** Sends something to the phase under way; false when there is none, or it has ended in the meantime. */
export async function signalPhase(record: MigrationRecord, name: string, message: unknown): Promise<boolean> {
  const { active } = record;
  if (!active) return false;
  // The message may come while the phase is being started.
  await condition(() => active.runId !== undefined || record.active !== active);
  if (record.active !== active) return false;
  return (await tellWorkflow({ workflowId: active.workflowId }, name, message)) === undefined;
}

/**
 * Takes back what a stop reaches, whatever the run does now and without asking anybody: also in a stage of the
 * validation, whose approval is for people who want it.
 *
 * @param interrupt ends the wait for whatever the run does now
 */
export async function stopNow(record: MigrationRecord, stop: Stop, interrupt: () => void): Promise<void> {
  record.ask(stop);
  const { reason, reach, phases } = stop;
  const order: TakeBackOrder = { reason, reach, ...(phases ? { more: true } : {}) };
  // Between phases nobody else hears it; a phase that ends meanwhile finds it recorded here.
  const heard = await CancellationScope.nonCancellable(() => signalPhase(record, takeBackSignal, order));
  if (!heard) interrupt();
}
