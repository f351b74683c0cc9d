import type { WorkflowHandle } from '@temporalio/client';
import { incidentWorkflowId } from '../../../src/plan/names.js';
import type { IncidentStatus } from '../../../src/plan/watch-status.js';
import type { Stage } from '../../support/stage/stage.js';
import type { World } from '../../support/stage/world.js';

/** An answer that takes a store's or a channel's next attempt, each after a minute. */
const withinMs = 300_000;

/** An incident that somebody declares while the run waits for its last approval, which waits for its end. */
export class Mishap {
  /** Why it did not come to its end. */
  problem: string | undefined;
  /** How often somebody said that it is resolved. */
  resolved = 0;
  /** Its last status. */
  status: IncidentStatus | undefined;
  private readonly stage: Stage;
  private readonly world: World;
  private readonly run: WorkflowHandle;
  private readonly incident: WorkflowHandle;
  private passing: Promise<void> | undefined;

  constructor(stage: Stage, world: World, run: WorkflowHandle) {
    this.stage = stage;
    this.world = world;
    this.run = run;
    this.incident = stage.handleOf(incidentWorkflowId(run.workflowId, 1));
  }

  /** Before the gate of the last phase is decided. */
  async atGate(address: string): Promise<void> {
    if (!address.startsWith('1b/')) return;
    this.passing ??= this.lead().catch((error: unknown) => void (this.problem = String(error)));
    await this.passing;
  }

  private async lead(): Promise<void> {
    await this.run.signal('declare', { by: 'erin', severity: 3, reason: 'a page is slow' });
    // Nobody answers a call that nobody heard.
    const isCalled = (): boolean => this.world.notes.some(({ incident }) => incident?.event === 'trigger');
    await this.stage.until('the call', isCalled, withinMs);
    await this.incident.signal('acknowledge', { by: 'lee' });
    await this.until('it to be resolved', async ({ state, validating }) => {
      if (state !== 'resolved' && validating === undefined) await this.resolve();
      return state === 'resolved';
    });
    await this.until('its draft', ({ postMortem }) => postMortem.draft !== undefined);
    await this.incident.signal('postmortem', { by: 'lee', link: 'https://wiki.example/1' });
    this.status = (await this.incident.result()) as IncidentStatus;
  }

  /** A person who is not believed by the metrics says it again. */
  private async resolve(): Promise<void> {
    this.resolved += 1;
    await this.incident.signal('resolve', { by: 'lee', reason: 'mended' });
    const said = this.resolved;
    await this.until('what became of it', ({ validating, resolution, refusals }) =>
      Boolean(validating ?? (resolution?.verdict === 'PASS' || refusals.length >= said))
    );
  }

  private until(what: string, is: (status: IncidentStatus) => boolean | Promise<boolean>): Promise<unknown> {
    const look = async (): Promise<boolean> => {
      // It has not begun, or no worker has a moment.
      const status = await this.incident.query<IncidentStatus>('status').catch(() => undefined);
      return status !== undefined && is(status);
    };
    return this.stage.until(what, look, withinMs);
  }
}
