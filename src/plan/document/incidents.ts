import { z } from 'zod';
import { causeRulePattern, parseCauseRule } from '../language/cause-rule.js';
import { recipients } from './alerts.js';
import { duration, identifier, parsedText, positiveDuration, words } from './fields.js';

const cause = z
  .strictObject({
    id: identifier.meta({ description: 'Unique among all severities.', examples: ['user-isolation'] }),
    title: words().meta({ description: 'What has happened.', examples: ['Users see data of others'] }),
    when: parsedText(parseCauseRule, causeRulePattern, 'error_rate is critical')
      .optional()
      .meta({
        description:
          'When a metric says it: it crosses its own threshold, or a bound, or is slower than before the first change of the run. Without it a person declares the incident.',
        examples: ['user_isolation_violations is critical'],
      }),
    phase: identifier.optional().meta({
      description:
        'Phase whose component fails then: what people are asked about taking back, once it has begun. Default: the newest phase that has begun and judges the metric of `when`; else the newest that has begun.',
      examples: ['1d'],
    }),
    'notify-users': z.literal(true).optional().meta({
      description:
        'Notifying the users that are affected is a task of the incident, and of one that a phase opens by going back by itself.',
    }),
  })
  .meta({ id: 'cause', description: 'What makes an incident of a severity.' });

const severity = z
  .strictObject({
    severity: z
      .union([z.literal(1), z.literal(2), z.literal(3)])
      .meta({ description: '1 is the worst; each is there once.', examples: [1] }),
    title: words().meta({ description: 'What people read.', examples: ['Critical'] }),
    'respond-within': positiveDuration.meta({ description: 'When somebody must have answered.', examples: ['5m'] }),
    'escalate-to': recipients.meta({ description: 'Roles and groups that are next.', examples: [['cto', 'ceo']] }),
    'escalate-after': duration.optional().meta({
      description: 'When they are told if nobody has answered; `0s` tells them at once. Default: `respond-within`.',
      examples: ['0s'],
    }),
    action: words().meta({ description: 'What is to be done, in words.', examples: ['Emergency rollback'] }),
    reach: z.enum(['all', 'component', 'none']).meta({
      description:
        'What is taken back: everything, by itself; the phase of the component that fails, and what depends on it, when a person says so; nothing.',
    }),
    causes: z.array(cause).max(50).default([]).meta({ description: 'What makes an incident of this severity.' }),
  })
  .meta({ id: 'severity', description: 'How an incident of one severity is answered.' });

const title = words().meta({ description: 'What people read.' });

const warRoom = z
  .strictObject({
    triggers: z
      .array(z.enum(['severity-1', 'multiple-severity-2', 'rollback', 'customer-escalation']))
      .min(1)
      .meta({ description: 'What opens it.', examples: [['severity-1', 'rollback']] }),
    within: positiveDuration.meta({ description: 'How long after the trigger it is active.', examples: ['5m'] }),
    roles: z
      .array(
        z
          .strictObject({
            id: identifier.meta({ description: 'Unique in the war room.', examples: ['incident-commander'] }),
            title,
            role: identifier.meta({ description: 'Role whose people can be it.', examples: ['engineering-lead'] }),
          })
          .meta({ id: 'war-room-role', description: 'One part that somebody plays in it.' })
      )
      .min(1)
      .max(20)
      .meta({ description: 'Who is paged, and as what.' }),
    procedure: z
      .array(
        z
          .strictObject({
            id: identifier.meta({ description: 'Unique in the procedure.', examples: ['assess'] }),
            title,
            'done-by': z.enum(['resolution', 'post-mortem']).optional().meta({
              description:
                'What ticks it off, for whoever did that: a resolution that the metrics confirm, or the post-mortem. Nobody can do it by hand then. Default: a person.',
            }),
          })
          .meta({ id: 'war-room-step', description: 'One step of the procedure.' })
      )
      .min(1)
      .max(50)
      .meta({
        description:
          'The checklist, in this order. The room is active when its first step is done, which takes a person.',
      }),
    'update-every': positiveDuration
      .default('30m')
      .meta({ description: 'Time between status updates to the stakeholders.', examples: ['30m'] }),
    stakeholders: recipients.meta({ description: 'Roles and groups that get them.', examples: [['ceo']] }),
  })
  .meta({ id: 'war-room', description: 'Who meets when it is serious, and what they do.' });

const postMortem = z
  .strictObject({
    within: positiveDuration.meta({ description: 'From the resolution.', examples: ['48h'] }),
    by: identifier.meta({ description: 'Role that owes it.', examples: ['engineering-lead'] }),
    'remind-every': positiveDuration.optional().meta({
      description: 'Time between reminders. Default: a quarter of `within`, at most 4h.',
      examples: ['12h'],
    }),
  })
  .meta({ id: 'post-mortem', description: 'What is written down afterwards.' });

/** How incidents are told apart, answered and led to their end. */
export const incidents = z
  .strictObject({
    severities: z.array(severity).min(1).max(10).meta({ description: 'Severities 1 to 3.' }),
    'multiple-within': positiveDuration.default('24h').meta({
      description: 'Two of severity 2 are multiple when both are open, or begun within this time.',
      examples: ['24h'],
    }),
    'war-room': warRoom.optional(),
    'post-mortem': postMortem,
  })
  .meta({
    id: 'incidents',
    description:
      'What happens when something breaks. Without it a critical red metric takes everything back, and nobody leads an incident.',
  });
