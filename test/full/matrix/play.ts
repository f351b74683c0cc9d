import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { RunStatus } from '../../../src/plan/run-status.js';
import type { Run, Stage } from '../../support/stage/stage.js';
import type { World } from '../../support/stage/world.js';
import { cellEnvironment, cellPlan } from './cell-plan.js';
import type { Cell } from './cells.js';
import { Person } from './person.js';
import type { Trigger } from './places.js';
import { Plot, type Saboteur } from './saboteur.js';

/** How the run of a cell ended. */
export interface Played {
  cell: Cell;
  planId: string;
  run: Run;
  world: World;
  status: RunStatus;
  /** Addresses at which a person asked for another attempt. */
  retried: string[];
  plot: Plot;
  ms: number;
}

/** Plays the run of one cell to its end. */
export async function play(stage: Stage, saboteur: Saboteur, cell: Cell, withinMs: number): Promise<Played> {
  const startedAt = Date.now();
  const { planId, world } = stage.another();
  const plot = new Plot(cell);
  saboteur.plots.set(planId, plot);
  const { trigger, watched = false } = cell.occurrence;
  if (watched) world.series = { success: () => 0.99, latency: () => 4 };
  const run = await stage.start(
    cellPlan(planId, cell.occurrence),
    'dana',
    cellEnvironment(planId, stage.environment.id)
  );
  const pull = async (asked: Trigger): Promise<void> => {
    plot.triggered = true;
    await pulls[asked](stage, run);
  };
  const person = new Person(stage, world, run, {
    trigger: trigger && (() => pull(trigger)),
    ready: () => !watched || world.told.length > 0,
  });
  const answering = person.answer();
  try {
    const status = await ended(run, withinMs);
    const { retried } = person;
    return { cell, planId, run, world, status, retried, plot, ms: Date.now() - startedAt };
  } finally {
    person.go();
    await answering;
  }
}

const pulls: Record<Trigger, (stage: Stage, run: Run) => Promise<void>> = {
  rollback: (_stage, run) => run.signal('rollback', { by: 'dana', reason: 'the cell wants it' }),
  reject: (stage, run) =>
    stage.handleOf(`${run.workflowId}/phase/1b`).signal('reject', { by: 'erin', reason: 'the cell wants it' }),
  terminate: async (stage, run) => {
    await stage.handleOf(`${run.workflowId}/phase/1b`).terminate('the cell wants it');
  },
};

/** The last status of a run, whichever way it ended. */
async function ended(run: Run, withinMs: number): Promise<RunStatus> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the run did not end within ${withinMs} ms`)), withinMs);
  });
  try {
    return await Promise.race([run.result(), late]);
  } catch (error) {
    const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
    if (cause instanceof ApplicationFailure) return cause.details?.[0] as RunStatus;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
