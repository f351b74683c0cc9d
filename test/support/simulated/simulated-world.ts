import { watchCheck } from '../../../src/activities/checks/watch-check.js';
import type {
  CheckInput,
  CheckResult,
  EnvironmentActivities,
  WindowActivities,
} from '../../../src/activities/contract.js';
import type { Tools } from '../../../src/activities/deps.js';
import { captureBaseline } from '../../../src/activities/metrics/capture-baseline.js';
import { checkMetric } from '../../../src/activities/metrics/check-metric.js';
import type { MetricDeps } from '../../../src/activities/metrics/deps.js';
import { measurePeriod } from '../../../src/activities/metrics/measure-period.js';
import { watchMetrics } from '../../../src/activities/metrics/guard/watch-metrics.js';
import { watchWindow } from '../../../src/activities/metrics/window/watch-window.js';
import { currentScope, type Scope } from '../../../src/activities/scope.js';
import { createSecrets } from '../../../src/activities/secrets.js';
import { fakeReader, type Series } from '../metrics/fake-reader.js';
import { virtualClock } from '../metrics/virtual-clock.js';
import { World } from '../stage/world.js';

/** The simulated time of the activity that runs: the instant at which the server scheduled it. */
const activityTime = { now: () => currentScope().scheduledAt };

/**
 * FAKE: the world of a rehearsal. Flags, deploy targets, commands and people's channels are those of {@link World}, in
 * memory; metrics are series, and windows, readings, periods and repeated checks are the real code over them. What takes
 * time returns at once and says when it would have ended.
 */
export class SimulatedWorld extends World {
  constructor(series: Record<string, Series>) {
    super(activityTime.now);
    this.series = series;
  }

  override activities(): { environment: EnvironmentActivities; windows: WindowActivities } {
    const { environment } = super.activities();
    const check = ({ check: asked, ...input }: CheckInput, tools: MetricDeps): Promise<CheckResult> =>
      asked.type === 'metric'
        ? checkMetric(tools, silent(), { ...input, check: asked })
        : environment.runCheck({ ...input, check: asked });
    return {
      environment: {
        ...environment,
        runCheck: (input) => check(input, this.tools()),
        captureBaseline: (input) => captureBaseline(this.tools(), silent(), input),
        measurePeriod: (input) => measurePeriod(this.tools(), silent(), input),
      },
      windows: {
        watchWindow: async (input) => {
          this.windows.push(input);
          return { ...(await watchWindow(this.tools(), silent(), input)), simulated: true };
        },
        watchCheck: async (input) => {
          const tools = this.tools();
          const look = async (asked: CheckInput): Promise<CheckResult> => {
            const found = await check(asked, tools);
            // What takes no time ends where the looks have come to, not where they began.
            return { ...found, endedAt: tools.clock.now() };
          };
          const found = await watchCheck(input, tools, silent(), look);
          return { ...found, endedAt: tools.clock.now(), simulated: true };
        },
        watchMetrics: async (input) => {
          this.guarded.push(input);
          return { ...(await watchMetrics(this.tools(), silent(), input)), simulated: true };
        },
      },
    };
  }

  /** Each activity has a clock of its own, which begins when it was scheduled and passes as fast as it can. */
  private tools(): Tools & MetricDeps {
    const log = (): void => undefined;
    return {
      evidence: {
        put: (_kind, document) => Promise.resolve(this.store(document)),
        get: (digest) => Promise.resolve(JSON.stringify(this.evidence.get(digest))),
      },
      clock: virtualClock(activityTime.now()),
      logger: { info: log, warn: log, error: log },
      readerOf: () => fakeReader(this.series),
      secrets: createSecrets({ env: {}, baseDir: '.' }),
      fetch,
      env: {},
      workdir: '.',
      stateDir: '.',
    };
  }
}

/** Nobody waits for heartbeats of an activity that takes no time. */
function silent(): Scope {
  return { ...currentScope(), heartbeat: () => undefined };
}
