import type { HostActivities } from '../../../src/activities/contract.js';
import type { Environment, Phase } from '../../../src/plan/model.js';
import type { PhaseInput } from '../../../src/plan/run-input.js';
import type { PhaseStatus } from '../../../src/plan/run-status.js';
import { phaseOpening } from '../../../src/plan/schedule.js';
import type { Execution, Task } from '../models/engine/execution.js';
import { refusal } from '../models/engine/failures.js';
import { LittleTemporal } from '../models/engine/little-temporal.js';
import { deploymentPhase, rollback } from '../models/engine/workflows.js';
import { ModelWorld, type Fortune } from '../models/world.js';
import { environment, phase, plan, span } from './plans.js';

const hour = 3_600_000;
const id = 'migration/x/test-plan/phase/1a';

/** The phase of a run that began at ten in the morning, on a clock that only the test moves. */
export class PhaseInTime {
  readonly world = new ModelWorld();
  readonly server = new LittleTemporal({ deploymentPhase, rollback }, (task) => {
    if (task.type === 'watchWindow' && this.watching) return undefined;
    if (task.type !== 'scheduleOpening') return this.world.instant(task) ?? this.world.end(task, this.fortune(task));
    if (this.noCalendar) return { failure: refusal('there is no calendar') };
    const { notBefore = 0, ...asked } = task.input as Parameters<HostActivities['scheduleOpening']>[0];
    const askedAt = Math.max(this.server.now - this.slowMs, notBefore);
    this.server.away = this.diesWhenAsked;
    return { result: { ...phaseOpening({ ...asked, askedAt }), askedAt } };
  });
  /** Windows go on until `seen`. */
  watching = false;
  /** Nobody can tell which days are meant. */
  noCalendar = false;
  /** The worker dies when it has said when the phase may start, until the server is told that one is `back`. */
  diesWhenAsked = false;
  /** How slow the clock is of the host that says when the phase may start. */
  slowMs = 0;
  /** Phases that were done before. */
  completed: PhaseInput['completed'] = {};
  /** How activities go. */
  fortune: (task: Task) => Fortune = () => 'good';
  private readonly runStartedAt = this.server.now;

  /** On the day on which the run began, unless the change says otherwise. */
  start(change: Partial<Phase>, where: Partial<Environment> = {}): Promise<void> {
    return this.startAtOnce(where, { schedule: { week: 1, days: [1, 1] }, ...change });
  }

  async startAtOnce(where: Partial<Environment>, change: Partial<Phase> = {}): Promise<void> {
    this.server.shortMs = 2;
    const frozen = plan([]);
    const run = { workflowId: 'migration/x/test-plan', runId: 'run', planId: frozen.id, planTitle: frozen.title };
    await this.server.start('deploymentPhase', id, {
      schemaVersion: 1,
      run: { ...run, digest: '', startedBy: 'dana', startedAt: this.runStartedAt },
      phase: phase('1a', change),
      environment: environment('x', { notify: [], ...where }),
      hold: { deadline: span(hour / 2), then: 'rollback' },
      rollback: frozen.rollback,
      waivers: frozen.waivers,
      completed: this.completed,
    });
  }

  async seen(): Promise<void> {
    const task = this.server.tasks.find(({ type }) => type === 'watchWindow');
    if (!task) throw new Error('no window is open');
    await this.server.finish(task, this.world.end(task, 'good'));
  }

  /** How often it asked when it may start. */
  get questions(): number {
    return this.execution.history.filter(({ type }) => type === 'scheduleOpening').length;
  }

  /** What the phase did in the world so far. */
  get acts(): string[] {
    return this.execution.history.map(({ type }) => type).filter((type) => /Check|Window|Change/.test(type));
  }

  tell(name: string, payload: unknown): Promise<unknown> {
    return this.server.update(id, name, payload);
  }

  signal(name: string, payload: unknown): Promise<void> {
    return this.server.signal(id, name, payload);
  }

  get execution(): Execution {
    const execution = this.server.find(id);
    if (!execution) throw new Error('the phase was not started');
    return execution;
  }

  get status(): PhaseStatus {
    return this.execution.query('status');
  }

  get steps(): string[] {
    return this.status.steps.map(({ address, state }) => `${address} ${state}`);
  }
}
