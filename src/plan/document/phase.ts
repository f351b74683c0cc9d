import { z } from 'zod';
import { checklistItem } from './check.js';
import { identifier, positiveDuration, words } from './fields.js';
import { schedule } from './schedule.js';
import { step } from './step.js';
import { criteria, windowKeys } from './window.js';

const success = z
  .union([
    criteria,
    z
      .strictObject({
        ...windowKeys,
        criteria,
        checks: z
          .array(checklistItem)
          .max(50)
          .default([])
          .meta({ description: 'Success criteria that are no metrics; they run after the window.' }),
      })
      .meta({ id: 'long-success', description: 'Success criteria with the options of their window.' }),
  ])
  .meta({
    description:
      'A window of its own after the last step: criteria, or the long form. A phase that changes production needs it: a watch step judges only the time before the steps after it, not what the phase leaves behind.',
    examples: [['agent_execution_success_rate > 95% for 30m', 'error_rate < 1%']],
  });

const roleCounts = z.record(identifier, z.int().min(1).max(20)).meta({
  description: 'Role -> how many different people must say yes.',
  examples: [{ 'engineering-lead': 1 }],
});

export const escalate = z
  .strictObject({
    after: positiveDuration.meta({ description: 'When to ask the next in line.', examples: ['8h'] }),
    to: identifier.meta({ description: 'Role that is asked then.', examples: ['cto'] }),
  })
  .meta({ id: 'escalate', description: 'Who is asked when nobody answers.' });

export const approval = z
  .strictObject({
    title: words()
      .optional()
      .meta({ description: 'What people read. Default: made from the phase.', examples: ['Executive approval'] }),
    roles: roleCounts,
    needs: z
      .enum(['all', 'any'])
      .default('all')
      .meta({
        description: 'Whether all of the roles must say yes, or one of them is enough.',
        examples: ['any'],
      }),
    expires: positiveDuration
      .default('24h')
      .meta({ description: 'How long the approval may take.', examples: ['24h'] }),
    'on-expiry': z.enum(['rollback', 'hold']).optional().meta({
      description:
        'What happens when nobody answered in time. Default: rollback; under pre-deployment, where nothing is to be taken back yet, hold.',
    }),
    'allow-starter': z
      .boolean()
      .default(false)
      .meta({ description: 'Whether the one who started the run counts too.' }),
    'remind-every': positiveDuration.optional().meta({
      description: 'Time between reminders. Default: a quarter of `expires`, at most 4h.',
      examples: ['2h'],
    }),
    escalate: escalate.optional(),
  })
  .meta({
    id: 'approval',
    description: 'People who must say yes: after the success criteria of a phase, or at the end of the checklists.',
  });

const soak = z
  .union([
    positiveDuration,
    z
      .strictObject({
        ...windowKeys,
        for: positiveDuration.meta({ description: 'How long the phase must stay healthy.' }),
        criteria: criteria.optional(),
      })
      .meta({
        id: 'long-soak',
        description: 'A soak with the options of its window; its criteria default to those of `success`.',
      }),
  ])
  .meta({ description: 'The time that the phase must stay healthy before the next one may start.', examples: ['24h'] });

export const phase = z
  .strictObject({
    id: identifier.meta({ description: 'Unique in the plan.', examples: ['1a'] }),
    title: words().meta({ description: 'What people read.', examples: ['Agent execution core'] }),
    after: z
      .array(identifier)
      .optional()
      .meta({
        description: 'Phases that must have completed. Default: the phase before this one.',
        examples: [['1a', '1b']],
      }),
    schedule: schedule.optional(),
    before: z.array(checklistItem).max(50).default([]).meta({ description: 'The checklist before the first step.' }),
    steps: z.array(step).min(1).max(50).meta({ description: 'What the phase does, in this order.' }),
    success: success.optional(),
    approval: approval.optional(),
    soak: soak.optional(),
  })
  .meta({ id: 'phase', description: 'One deployable part of the run.' });
