import { deploymentPhases } from '../../plan/phases.js';
import { kpiMetrics, kpiResults, type Period } from '../../plan/kpis.js';
import { environmentCalls } from '../activities.js';
import { verdictOf } from '../phase/attempt.js';
import { sliceEnvironment } from '../slice.js';
import type { MigrationRecord } from './record.js';

/** The end of a run waits for nothing longer that decides nothing. */
const measuredWithin = '30s';

/**
 * Computes the KPIs of a run that is over, from the first change to now. They decide nothing: one that could not be
 * measured is reported as unknown. A run that changed nothing has none.
 */
export async function measureKpis(record: MigrationRecord): Promise<void> {
  const { kpis = [], phases } = record.frozen.plan;
  const { changedAt, baseline } = record;
  if (kpis.length === 0 || changedAt === undefined) return;
  const deployed = new Set(deploymentPhases(phases).map(({ id }) => id));
  const kept = record.phases.filter(({ id, state }) => deployed.has(id) && state === 'completed');
  const metrics = kpiMetrics(kpis);
  const period = metrics.length > 0 ? await measure(record, metrics, changedAt) : undefined;
  record.kpis = kpiResults(kpis, {
    phases: { all: deployed.size, kept: kept.length },
    rollbacks: record.rollbacks.length,
    ...(period ? { period } : {}),
    baseline,
    at: Date.now(),
  });
  record.publish();
}

function measure({ run, frozen }: MigrationRecord, metrics: string[], changedAt: number): Promise<Period> {
  const { environment } = frozen;
  return verdictOf(() =>
    environmentCalls(environment.id)
      .changes(5 * 60_000)
      .measurePeriod.executeWithOptions({ summary: 'Measure the KPIs', scheduleToCloseTimeout: measuredWithin }, [
        {
          origin: { run: run.workflowId, address: 'kpis', title: 'KPIs' },
          metrics,
          from: changedAt,
          changedAt,
          environment: sliceEnvironment(environment, { metrics }),
        },
      ])
  );
}
