import { z } from 'zod';
import { criterionPattern, parseCriterion } from '../language/criterion.js';
import { metricName, parsedText, positiveDuration, duration, ratio } from './fields.js';

export const criterionText = parsedText(parseCriterion, criterionPattern, 'error_rate < 1%').meta({
  id: 'criterion-text',
  description:
    '`METRIC > 95% [for 30m]`, `METRIC within 20% of baseline [for 30m]` or `METRIC no more than 5% above (or below) baseline [for 30m]`. ' +
    'Values carry the unit of their metric; a criterion without `for` takes the longest of its block.',
  examples: ['agent_execution_success_rate > 95% for 30m', 'workflow_duration within 20% of baseline'],
});

const longCriterion = z
  .strictObject({
    criterion: criterionText,
    'on-breach': z.enum(['restart', 'fail']).optional().meta({
      description: 'One breach restarts the clock (default), or is FAIL (default of `== 0`).',
    }),
    increase: z.boolean().optional().meta({
      description:
        'Judge the increase since the first change of the phase instead of the value (default of `== 0`; a gauge says `false`).',
    }),
  })
  .meta({ id: 'long-criterion', description: 'A criterion with its options.' });

export const criteria = z
  .array(z.union([criterionText, longCriterion]))
  .min(1)
  .max(30)
  .meta({
    description: 'What must hold at every sample of the window.',
    examples: [['error_rate < 1%', 'response_time_p95 < 2s']],
  });

/** Options of every judged stretch of time. */
export const windowOptions = {
  every: positiveDuration.optional().meta({
    description: 'Time between two samples, at least 1s. Default: 15s; 1m for windows above 1h; 5m from 24h on.',
    examples: ['15s'],
  }),
  'warm-up': duration.default('0s').meta({ description: 'Time after the start that is not judged.', examples: ['1m'] }),
  deadline: positiveDuration.optional().meta({
    description:
      'When a window that has not passed ends: FAIL after a breach, else HOLD. Counted from the end of the warm-up. Default: three times its length.',
    examples: ['90m'],
  }),
  coverage: ratio
    .default('90%')
    .meta({ description: 'Share of samples that must be valid; below it the window is on HOLD.', examples: ['90%'] }),
  'invalid-in-a-row': z
    .int()
    .min(1)
    .max(100)
    .default(3)
    .meta({ description: 'So many samples in a row that are not valid open a HOLD.' }),
  'critical-in-a-row': z.int().min(1).max(100).default(2).meta({
    description: 'So many samples in a row beyond the critical threshold of a metric are FAIL at once.',
  }),
  'min-traffic': z
    .strictObject({
      metric: metricName.meta({ description: 'A count metric.' }),
      'at-least': z.number().positive().meta({ description: 'Its least increase over the window.' }),
    })
    .optional()
    .meta({
      id: 'min-traffic',
      description: 'PASS also needs this much traffic.',
      examples: [{ metric: 'chat_requests', 'at-least': 100 }],
    }),
} as const;

/** The long form of a window that has its own length. */
export const windowKeys = {
  for: positiveDuration.optional().meta({
    description: 'How long the criteria must hold without a break. Default: the longest `for` of the criteria.',
    examples: ['30m'],
  }),
  ...windowOptions,
} as const;
