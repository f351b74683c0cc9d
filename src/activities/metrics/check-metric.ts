import { formatValue } from '../../plan/judge/format.js';
import { measure } from '../../plan/judge/measure.js';
import type { Measurement } from '../../plan/judge/measure.js';
import type { Verdict } from '../../plan/judge-types.js';
import type { Criterion, MetricCheck } from '../../plan/model.js';
import { instantText } from '../../plan/text/spans.js';
import type { CheckInput, CheckResult } from '../contract.js';
import type { Scope } from '../scope.js';
import type { MetricDeps } from './deps.js';
import { readNow } from './one-sample.js';

/** One reading of a metric against a criterion, now: ok is PASS, a breach FAIL, anything else HOLD. */
export async function checkMetric(
  deps: MetricDeps,
  scope: Scope,
  input: CheckInput & { check: MetricCheck }
): Promise<CheckResult> {
  const { origin, environment, check, changedAt } = input;
  const { criterion } = check;
  const { provider, url, bindings } = environment.metrics;
  const baseline = valueOf(input.baseline?.values, criterion.metric);
  const context = changedAt === undefined ? {} : { changedAt };
  const { at, readings } = await readNow(deps, scope, environment.metrics, [criterion.metric], context, 'then');
  const measured = measure(criterion, readings[criterion.metric], { baseline });
  const verdict = verdicts[measured.class];
  const reason = reasonOf(criterion, measured, at);
  const evidence = await deps.evidence.put('metric-check', {
    origin,
    criterion,
    source: { provider, url, binding: bindings[criterion.metric] ?? null },
    at,
    readings,
    baseline,
    changedAt,
    verdict,
    reason,
  });
  return { verdict, reason, endedAt: deps.clock.now(), evidence };
}

const verdicts: Record<Measurement['class'], Verdict> = {
  ok: 'PASS',
  breach: 'FAIL',
  'no-data': 'HOLD',
  invalid: 'HOLD',
  error: 'HOLD',
};

function reasonOf(criterion: Criterion, measured: Measurement, at: number): string {
  const { text, metric, unit } = criterion;
  const time = instantText(at);
  if (measured.class !== 'ok' && measured.class !== 'breach') {
    return `"${text}" could not be checked at ${time}: ${measured.problem ?? measured.class}`;
  }
  const what = `${metric} was ${formatValue(unit, measured.value ?? Number.NaN)} at ${time}`;
  return measured.class === 'ok' ? `"${text}" holds: ${what}` : `"${text}" is broken: ${what}`;
}

function valueOf(values: Record<string, number> | undefined, metric: string): number | undefined {
  return values && Object.hasOwn(values, metric) ? values[metric] : undefined;
}
