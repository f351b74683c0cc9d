import type { ActivityInboundCallsInterceptor, ActivityInterceptorsFactory } from '@temporalio/worker';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Seconds: from a read-back to a long window. */
const buckets = [0.05, 0.25, 1, 5, 30, 120, 600, 3600];

/** Counts what this worker's activities do, by type and by how they ended: a verdict, `done`, or `error`. */
export function activityMetrics(registry: Registry): ActivityInterceptorsFactory {
  const registers = [registry];
  const running = new Gauge({
    name: 'phasegate_activities_running',
    help: 'Activities that run now',
    labelNames: ['type'],
    registers,
  });
  const ended = new Counter({
    name: 'phasegate_activities_total',
    help: 'Activities that ended, by verdict where they have one',
    labelNames: ['type', 'outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'phasegate_activity_seconds',
    help: 'How long activities ran',
    labelNames: ['type'],
    buckets,
    registers,
  });
  return (context) => {
    const type = context.info.activityType;
    const inbound: ActivityInboundCallsInterceptor = {
      async execute(input, next) {
        running.inc({ type });
        const stop = seconds.startTimer({ type });
        try {
          const result = await next(input);
          ended.inc({ type, outcome: outcomeOf(result) });
          return result;
        } catch (error) {
          ended.inc({ type, outcome: 'error' });
          throw error;
        } finally {
          stop();
          running.dec({ type });
        }
      },
    };
    return { inbound };
  };
}

function outcomeOf(result: unknown): string {
  const verdict: unknown =
    typeof result === 'object' && result !== null && 'verdict' in result ? result.verdict : undefined;
  return typeof verdict === 'string' ? verdict : 'done';
}
