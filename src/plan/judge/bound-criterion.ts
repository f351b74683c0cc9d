import type { Bound, Criterion, Metric } from '../model.js';
import { meansNone } from '../rise.js';

/** A metric against one bound, as criteria are judged: where nothing of it may happen, its rise counts. */
export function boundCriterion({ name, unit }: Pick<Metric, 'name' | 'unit'>, bound: Bound | undefined): Criterion {
  return {
    metric: name,
    unit,
    text: `${name} ${bound?.text ?? ''}`,
    ...(bound && { bound }),
    onBreach: 'restart',
    increase: meansNone(bound),
  };
}
