export { createMetricActivities, createWindowActivities } from './create-metric-activities.js';
export { readersOf } from './deps.js';
export type { MetricReader } from './reader.js';
export { judgeAgain } from './window/evidence.js';
