import { z } from 'zod';
import { identifier, parsedText, personName, words } from './fields.js';
import { misunderstood, understood } from '../language/understood.js';

const day = parsedText(
  (text) => {
    const written = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
    const isReal = written && !Number.isNaN(written.getTime()) && written.toISOString().startsWith(text);
    return isReal ? understood(text) : misunderstood(`"${text}" is no day`, 'write year, month and day: 2025-09-10');
  },
  '^\\d{4}-\\d{2}-\\d{2}$',
  '2025-09-10'
);

/** How the plan itself stands: a document with a life of its own. */
export const standing = z
  .strictObject({
    status: z.enum(['draft', 'ready']).meta({ description: 'A draft does not start in production.' }),
    owner: identifier.meta({ description: 'Role that keeps the plan.', examples: ['migration-architect'] }),
    updated: day.meta({ description: 'Day of its last change.' }),
    approval: z
      .strictObject({
        role: identifier.meta({
          description: 'Role that must approve the plan before it starts in production.',
          examples: ['engineering-lead'],
        }),
        by: personName.optional().meta({ description: 'Who approved it. Left out: pending.', examples: ['erin'] }),
        on: day.optional().meta({ description: 'The day on which they did; no earlier than `updated`.' }),
      })
      .meta({ id: 'plan-approval', description: 'Who says that the plan may be used in production.' }),
    'next-review': words()
      .optional()
      .meta({
        description: 'When it is looked at again.',
        examples: ['Post-deployment retrospective'],
      }),
  })
  .meta({
    id: 'document',
    description:
      'How the plan itself stands. A plan that has this starts in production only when it is ready and approved.',
  });
