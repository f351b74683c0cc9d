import { z } from 'zod';
import { positiveDuration } from './fields.js';

const inARow = z.int().min(1).max(100);

/** How the metrics with thresholds are watched beside everything else. */
export const guard = z
  .strictObject({
    every: positiveDuration
      .default('15s')
      .meta({ description: 'Time between two samples, at least 1s.', examples: ['15s'] }),
    'in-a-row': inARow.default(2).meta({
      description: 'So many measured samples in a row cross a threshold before it counts.',
    }),
    'recovered-in-a-row': inARow.default(4).meta({
      description: 'So many measured samples in a row are back before an alert closes.',
    }),
    'missing-in-a-row': inARow.default(3).meta({
      description: 'So many samples in a row without a value alert as what they are: nobody can tell.',
    }),
  })
  .meta({
    id: 'guard',
    description:
      'The watch over all metrics with a warning or critical threshold, from the first flag to the end of the validation. A plan with such metrics has it with these defaults when it says nothing.',
  });
