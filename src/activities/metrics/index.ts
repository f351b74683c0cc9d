export { createMetricActivities, createWindowActivities } from './create-metric-activities.js';
export type { MetricActivities } from './create-metric-activities.js';
export { readersOf } from './deps.js';
export type { MetricDeps } from './deps.js';
export type { MetricReader, ReadContext } from './reader.js';
export { judgeAgain } from './window/evidence.js';
export type { WindowManifest } from './window/evidence.js';
