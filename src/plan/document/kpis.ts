import { z } from 'zod';
import { exactlyOne, identifier, metricName, words } from './fields.js';

const ask = z
  .strictObject({
    by: identifier.meta({ description: 'Role that answers.', examples: ['product-manager'] }),
    week: z.int().min(1).max(52).optional().meta({ description: 'Week of the run at whose end it is due.' }),
    month: z.int().min(1).max(24).optional().meta({ description: 'Month of the run at whose end it is due.' }),
  })
  .meta({
    id: 'kpi-ask',
    description: 'Somebody says whether it was met, with evidence, by the end of a week or a month of the run.',
    oneOf: [{ required: ['week'] }, { required: ['month'] }],
  });

const sources = ['run', 'metric', 'ask'] as const;

const kpi = exactlyOne(
  z.strictObject({
    id: identifier.meta({ description: 'Unique among the KPIs.', examples: ['no-rollbacks'] }),
    group: z.enum(['technical', 'business', 'long-term']).meta({ description: 'Under which heading it is reported.' }),
    title: words().meta({ description: 'What people read.', examples: ['Unplanned rollbacks'] }),
    target: words(100).meta({
      description:
        'What it should be: a comparison in the unit of what is measured, such as `> 99.5%`; in words where somebody is asked.',
      examples: ['== 0', '> 99.5%', 'no loss of revenue'],
    }),
    run: z.enum(['migrated', 'rollbacks']).optional().meta({
      description:
        'From the run itself: `migrated` is the share of phases that completed and stayed, `rollbacks` how many there were.',
    }),
    metric: metricName.optional().meta({
      description: 'A metric over the time from the first change to the end of the run; `take` says what of it.',
      examples: ['error_rate'],
    }),
    take: z.enum(['mean', 'min', 'max', 'increase', 'change']).optional().meta({
      description:
        'Of a metric: mean (default), extremes, increase of a count, or the relative change of its mean from the time before the first change (0.05 is 5%).',
    }),
    ask: ask.optional(),
  }),
  sources
).meta({
  id: 'kpi',
  description:
    'A success metric of the whole migration: measured by the run where it can be, asked of people where not.',
  oneOf: sources.map((source) => ({ required: [source] })),
});

export const kpis = z.array(kpi).max(100).meta({ description: 'Success metrics of the whole migration.' });
