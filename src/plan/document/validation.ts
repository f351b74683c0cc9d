import { z } from 'zod';
import { attest, check } from './check.js';
import { duration, exactlyOne, identifier, metricName, positiveDuration, words } from './fields.js';
import { approval } from './phase.js';
import { criteria, windowOptions } from './window.js';

const { deadline: _, ...stageWindow } = windowOptions;

const base = {
  id: identifier.meta({ description: 'Unique in its stage.', examples: ['performance'] }),
} as const;

const watch = z
  .strictObject({
    ...base,
    title: words().meta({ description: 'What people read.', examples: ['Response times stay in range'] }),
    for: positiveDuration.default('30m').meta({
      description:
        'A criterion that is broken for so long without one good sample fails at once; at the end of the stage all must have held for so long.',
      examples: ['30m'],
    }),
    ...stageWindow,
    criteria,
  })
  .meta({
    id: 'stage-watch',
    description:
      'Metrics watched from the beginning of the stage to its end. What compares with a baseline compares with the time before the first change.',
  });

const baseline = z
  .strictObject({
    ...base,
    title: words().meta({ description: 'What people read.', examples: ['New performance baselines'] }),
    metrics: z
      .array(metricName)
      .min(1)
      .max(50)
      .meta({ description: 'Metrics to record.', examples: [['response_time_p95']] }),
    over: positiveDuration
      .default('24h')
      .meta({ description: 'The time before the end of the stage that is averaged.', examples: ['24h'] }),
  })
  .meta({
    id: 'stage-baseline',
    description: 'Records what metrics are now, as the new normal, at the end of the stage.',
  });

const kinds = ['check', 'attest', 'watch', 'baseline'] as const;

const item = exactlyOne(
  z.strictObject({
    check: check.optional(),
    attest: attest.optional(),
    watch: watch.optional(),
    baseline: baseline.optional(),
  }),
  kinds
).meta({
  id: 'stage-item',
  description: 'One thing that a stage looks at, by its only key. A failure is a HOLD: people decide.',
  minProperties: 1,
  maxProperties: 1,
});

const stage = z
  .strictObject({
    id: identifier.meta({ description: 'Unique among stages and phases.', examples: ['immediate'] }),
    title: words().meta({ description: 'What people read.', examples: ['Immediate validation'] }),
    from: duration.meta({
      description: 'When it begins, counted from when the last phase completed.',
      examples: ['0h', '4h'],
    }),
    to: positiveDuration.meta({ description: 'When it ends, counted likewise.', examples: ['4h', '7d'] }),
    'repeat-every': positiveDuration
      .default('1h')
      .meta({ description: 'Time between two looks of a check; the last one is at the end.', examples: ['1h'] }),
    items: z.array(item).min(1).max(50).meta({ description: 'Worked on side by side until the stage ends.' }),
  })
  .meta({ id: 'stage', description: 'A stretch of time after the last phase in which things must be well.' });

/** What must stay well after the last phase. */
export const validation = z
  .strictObject({
    'rollback-approval': approval.optional().meta({
      description:
        'Who must agree before a stage takes the whole migration back. Default: nobody, as during the phases. A Temporal cancel never waits for it.',
    }),
    stages: z.array(stage).min(1).max(10).meta({ description: 'One after the other.' }),
  })
  .meta({
    id: 'validation',
    description:
      'The stages after the last phase. What fails opens a decision: mend it and try again, waive it, or take everything back.',
  });
