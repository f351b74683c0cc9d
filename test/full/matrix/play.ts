import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { EvidenceTexts } from '../../../src/plan/evidence-request.js';
import { alertWorkflowId, guardWorkflowId, migrationId } from '../../../src/plan/names.js';
import type { RunStatus } from '../../../src/plan/run-status.js';
import type { Run, Stage } from '../../support/stage/stage.js';
import type { World } from '../../support/stage/world.js';
import { cellEnvironment, cellPlan } from './cell-plan.js';
import type { Cell } from './cells.js';
import { Episode } from './episode.js';
import { cleanedUp, readByClient, type CleanedUp } from './later.js';
import { Mishap } from './mishap.js';
import { Person } from './person.js';
import type { Trigger } from './places.js';
import { Plot, type Saboteur } from './saboteur.js';
import { Witness } from './witness.js';

/** How the run of a cell ended, and what came after it. */
export interface Played {
  cell: Cell;
  planId: string;
  run: Run;
  world: World;
  status: RunStatus;
  /** Addresses at which a person asked for another attempt. */
  retried: string[];
  plot: Plot;
  /** What became of a metric that got worse. */
  episode?: Episode;
  /** What became of an incident. */
  mishap?: Mishap;
  /** How the clean-up ended that people saw to, and who stood beside it. */
  cleanup?: CleanedUp;
  witness?: Witness;
  /** What a client read of the evidence. */
  texts?: EvidenceTexts;
}

/** Plays the run of one cell to its end, and what comes after it. */
export async function play(stage: Stage, saboteur: Saboteur, cell: Cell, withinMs: number): Promise<Played> {
  const { planId, world } = stage.another();
  const plot = new Plot(cell);
  saboteur.plots.set(planId, plot);
  const { trigger, watched, endsAlert, incident, cleanup, read } = cell.occurrence;
  const runId = migrationId(stage.environment.id, planId);
  const endAlert = (): Promise<unknown> =>
    stage.handleOf(alertWorkflowId(runId, 'latency')).terminate('the cell wants it');
  const episode = watched && new Episode(stage, world, plot, watched, endsAlert && endAlert);
  const run = await stage.start(
    cellPlan(planId, cell.occurrence),
    'dana',
    cellEnvironment(planId, stage.environment.id, cell.occurrence)
  );
  const mishap = incident && new Mishap(stage, world, run);
  const pull = async (asked: Trigger): Promise<void> => {
    plot.triggered = true;
    await pulls[asked](stage, run);
  };
  const person = new Person(stage, world, run, {
    trigger: trigger && (() => pull(trigger)),
    before: async (address) => {
      await episode?.atGate(address);
      await mishap?.atGate(address);
    },
    cleansUp: cleanup === 'seen to',
  });
  const answering = person.answer();
  const witness = cleanup && new Witness(stage, world, run);
  try {
    const status = await within(withinMs, 'the run', ended(run));
    if (endsAlert) await within(withinMs, 'its guard', stage.handleOf(guardWorkflowId(runId)).result());
    const { retried } = person;
    return {
      cell,
      planId,
      run,
      world,
      status,
      retried,
      plot,
      ...(episode ? { episode } : {}),
      ...(mishap ? { mishap } : {}),
      ...(witness ? { witness } : {}),
      ...(cleanup === 'seen to' ? { cleanup: await within(withinMs, 'its clean-up', cleanedUp(stage, run)) } : {}),
      ...(read ? { texts: await readByClient(stage, world) } : {}),
    };
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
async function ended(run: Run): Promise<RunStatus> {
  try {
    return await run.result();
  } catch (error) {
    const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
    if (cause instanceof ApplicationFailure) return cause.details?.[0] as RunStatus;
    throw error;
  }
}

async function within<T>(ms: number, what: string, end: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not end within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([end, late]);
  } finally {
    clearTimeout(timer);
  }
}
