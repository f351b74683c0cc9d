import { getExternalWorkflowHandle, log, TemporalFailure } from '@temporalio/workflow';
import type { CauseNews, GuardNews, MetricNews } from '../../plan/guard/state.js';
import { watchedCauses } from '../../plan/guard/status.js';
import type { GuardInput } from '../../plan/run-input.js';
import { troubleSignal, type Trouble } from '../../plan/trouble.js';

/** Tells the run of what makes an incident, or takes everything back. A run that is gone needs to hear nothing. */
export async function tellRun(input: GuardInput, news: readonly GuardNews[]): Promise<void> {
  for (const trouble of troubles(input, news)) {
    try {
      await getExternalWorkflowHandle(input.run.workflowId).signal(troubleSignal, trouble);
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      log.warn('No run listens to this guard', { run: input.run.workflowId, reason: error.message });
    }
  }
}

/** A red metric that is critical, unless that is a cause that the plan names; and each cause that holds. */
function troubles(input: GuardInput, news: readonly GuardNews[]): Trouble[] {
  const causes = watchedCauses(input);
  const named = causes.flatMap(({ when }) => ('level' in when && when.level === 'critical' ? [when.metric] : []));
  const red = input.metrics.flatMap(({ name, priority }) => (priority === 'red' ? [name] : []));
  return news.flatMap((one): Trouble[] => {
    if (one.kind === 'metric' && one.to === 'critical' && red.includes(one.metric) && !named.includes(one.metric))
      return [ofMetric(one)];
    return one.kind === 'cause' && one.holds ? [ofCause(one, causes)] : [];
  });
}

function ofMetric({ metric, reason, at }: MetricNews): Trouble {
  return {
    dedupKey: `guard/metric/${metric}`,
    source: 'guard',
    metric,
    level: 'critical',
    title: `${metric} is critical`,
    reason,
    at,
  };
}

function ofCause({ cause, metric, reason, at }: CauseNews, causes: ReturnType<typeof watchedCauses>): Trouble {
  const found = causes.find(({ id }) => id === cause);
  const level = found && 'level' in found.when ? { level: found.when.level } : {};
  return {
    dedupKey: `guard/cause/${cause}`,
    source: 'guard',
    cause,
    metric,
    ...level,
    title: found?.title ?? cause,
    reason,
    at,
  };
}
