import type { MetricCheck } from '../../plan/model.js';
import type {
  BaselineInput,
  BaselineSet,
  CheckInput,
  CheckResult,
  MeasureInput,
  MeasureResult,
  WindowActivities,
} from '../contract.js';
import type { Tools } from '../deps.js';
import { currentScope } from '../scope.js';
import { captureBaseline } from './capture-baseline.js';
import { checkMetric } from './check-metric.js';
import { readersOf } from './deps.js';
import { watchMetrics } from './guard/watch-metrics.js';
import { measurePeriod } from './measure-period.js';
import type { MetricDeps } from './deps.js';
import { watchWindow } from './window/watch-window.js';

/** The metric parts of the environment activities. */
export interface MetricActivities {
  captureBaseline(input: BaselineInput): Promise<BaselineSet>;
  checkMetric(input: CheckInput & { check: MetricCheck }): Promise<CheckResult>;
  measurePeriod(input: MeasureInput): Promise<MeasureResult>;
}

type Given = Pick<Tools, 'evidence' | 'clock' | 'logger' | 'fetch' | 'secrets'> & Partial<Pick<MetricDeps, 'readerOf'>>;

/** `captureBaseline`, `measurePeriod` and the `metric` kind of `runCheck`, for the queue of an environment. */
export function createMetricActivities(given: Given): MetricActivities {
  const deps = depsOf(given);
  return {
    captureBaseline: (input) => captureBaseline(deps, currentScope(), input),
    checkMetric: (input) => checkMetric(deps, currentScope(), input),
    measurePeriod: (input) => measurePeriod(deps, currentScope(), input),
  };
}

/** What watches metrics, for the queue of windows. */
export function createWindowActivities(given: Given): Pick<WindowActivities, 'watchWindow' | 'watchMetrics'> {
  const deps = depsOf(given);
  return {
    watchWindow: (input) => watchWindow(deps, currentScope(), input),
    watchMetrics: (input) => watchMetrics(deps, currentScope(), input),
  };
}

function depsOf({ evidence, clock, logger, readerOf, ...network }: Given): MetricDeps {
  return { evidence, clock, logger, readerOf: readerOf ?? readersOf(network) };
}
