import type { Environment, Plan } from '../../../src/plan/model.js';
import type { Run, Stage } from '../../support/stage/stage.js';
import { historyOf, keep, replay, type Recorded } from '../../replay/histories.js';

export interface Scenario {
  /** Endings of the ids of the workflows whose histories are kept; `locks` are those of the environment. */
  workflows: string[];
  plan: () => Plan;
  /** Default: that of the stage. */
  environment?: () => Environment;
  /** What is there before the run starts. */
  before?: () => Promise<void>;
  play: (run: Run) => Promise<void>;
}

/** Plays a scenario on the build of today, and replays what its workflows did on it. */
export async function playAndReplay(stage: Stage, name: string, scenario: Scenario): Promise<void> {
  await scenario.before?.();
  const run = await stage.start(scenario.plan(), 'dana', scenario.environment?.());
  await scenario.play(run);
  await run.result().catch(() => undefined);
  for (const suffix of scenario.workflows) {
    const workflowId = suffix === 'locks' ? stage.locksHandle().workflowId : `${stage.id}${suffix}`;
    const part = suffix === '' ? '-migration' : `-${suffix.replace(/^\//, '').replaceAll('/', '-')}`;
    await replayed({ name: `${name}${part}`, workflowId, history: await historyOf(stage.client, workflowId) });
  }
}

/** Replays a history, and keeps it for later builds where that is asked for. */
export async function replayed(recorded: Recorded): Promise<void> {
  await replay(recorded);
  if (process.env.RECORD_HISTORIES !== '1') return;
  const said = keep(recorded) ? 'recorded' : 'is there already and stays as it is; delete its file to record it anew';
  process.stdout.write(`${recorded.name}: ${said}\n`);
}
