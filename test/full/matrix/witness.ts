import { activityInfo } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { readRemovedFlags } from '../../../src/plan/activity-answers.js';
import { cleanupWorkflowId, flagLockKey } from '../../../src/plan/names.js';
import type { Stage } from '../../support/stage/stage.js';
import type { World } from '../../support/stage/world.js';

/**
 * Stands beside the flag system: when a flag is taken out, it must have been captured as it is, everybody must be able to
 * see that its removal has begun, and nobody else may move it.
 */
export class Witness {
  readonly wrong: string[] = [];
  /** Each call that took flags out, however many attempts it was. */
  readonly calls = new Set<string>();
  private readonly stage: Stage;
  private readonly world: World;
  private readonly cleanupId: string;

  constructor(stage: Stage, world: World, run: WorkflowHandle) {
    this.stage = stage;
    this.world = world;
    this.cleanupId = cleanupWorkflowId(run.workflowId);
    world.onRemoveFlags = async (keys, remove) => {
      const { workflowExecution, activityId } = activityInfo();
      this.calls.add(`${workflowExecution?.runId ?? ''}/${activityId}`);
      await this.look(keys);
      keys.forEach(remove);
    };
  }

  private async look(keys: readonly string[]): Promise<void> {
    const { memo } = await this.stage.handleOf(this.cleanupId).describe();
    const begun = readRemovedFlags(memo?.['removed']) ?? [];
    const holders = await this.stage.lockHolders();
    // An attempt that was given up long ago finds nothing left to do.
    for (const key of keys.filter((one) => this.world.hasFlag(one))) {
      const { evidence } = begun.find((one) => one.key === key) ?? {};
      if (!evidence) this.wrong.push(`${key} was removed, and nobody could know that it begins`);
      else if (!isOriginal(this.world, key, evidence.digest)) this.wrong.push(`${key} was removed and not captured`);
      const holder = holders[flagLockKey(key)]?.run;
      if (holder !== this.cleanupId) this.wrong.push(`${key} was removed while ${holder ?? 'nobody'} held its lock`);
    }
  }
}

/** Whether this evidence has the flag as the run left it. */
export function isOriginal(world: World, key: string, digest: string): boolean {
  const { flags = [] } = (world.evidence.get(digest) ?? {}) as { flags?: Array<{ key: string; percent: number }> };
  return flags.some((flag) => flag.key === key && flag.percent === 100);
}
