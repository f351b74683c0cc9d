import { z } from 'zod';
import { exactlyOne, flagKey, identifier, metricName, parsedText, positiveDuration, words } from './fields.js';
import { escalate } from './phase.js';
import { misunderstood, understood } from '../language/understood.js';
import type { Understood } from '../language/understood.js';

/** Reads `3` or `2-3`: whole weeks or months of the run, the first and the last included. */
export function parseSpread(text: string): Understood<[number, number]> {
  const [, first, last] = /^([1-9]\d?)(?:-([1-9]\d?))?$/.exec(text) ?? [];
  if (first === undefined)
    return misunderstood(`"${text}" are no weeks or months of the run`, 'write for example 3 or 2-3; the first is 1');
  const spread: [number, number] = [Number(first), Number(last ?? first)];
  return spread[0] <= spread[1]
    ? understood(spread)
    : misunderstood(`"${text}" is due before it begins`, `write ${spread[1]}-${spread[0]}`);
}

const spread = z.union([z.int().min(1).max(99), parsedText(parseSpread, '^[1-9]\\d?(?:-[1-9]\\d?)?$', '2-3')]);

const schedule = exactlyOne(
  z.strictObject({
    weeks: spread.optional().meta({ description: 'Week or weeks of the run, from 1.', examples: [3, '3-4'] }),
    months: spread.optional().meta({ description: 'Month or months of the run, from 1.', examples: ['2-3'] }),
  }),
  ['weeks', 'months']
).meta({
  id: 'cleanup-schedule',
  description:
    'When the tasks of a group begin and by when they are due, in the time zone of the environment. They begin no sooner than the run has completed, and then have as long as planned.',
  minProperties: 1,
  maxProperties: 1,
});

const base = {
  id: identifier.meta({ description: 'Unique in the clean-up.', examples: ['update-docs'] }),
  title: words().meta({ description: 'What is to be done.', examples: ['Technical documentation is up to date'] }),
  owner: identifier.meta({ description: 'Role that does it, is reminded of it and answers.', examples: ['devops'] }),
  'not-applicable': z.boolean().default(false).meta({ description: 'Whether "not applicable" is an answer.' }),
} as const;

const task = z
  .strictObject({
    ...base,
    evidence: z
      .enum(['required', 'optional'])
      .default('optional')
      .meta({ description: 'Whether the answer needs a note or a link.' }),
  })
  .meta({ id: 'task', description: 'Something that people do and answer for.' });

const removeFlags = z
  .strictObject({
    ...base,
    keys: z
      .array(flagKey)
      .min(1)
      .max(50)
      .meta({ description: 'Flags to remove; the plan exposes each to 100 %.', examples: [['ENABLE_NEW_CORE']] }),
    unread: metricName.meta({
      description: 'A count metric of how often one of the flags was read as off: it must not rise.',
      examples: ['flag_evaluations_off'],
    }),
    'safe-for': positiveDuration.meta({
      description: 'How long the flags must have been at 100 % and unread as off before they are removed.',
      examples: ['14d'],
    }),
  })
  .meta({
    id: 'remove-flags',
    description:
      'Takes flags out of the flag system when their owner answers done and the safety check passes. From then on the run cannot be rolled back.',
  });

export const cleanupTask = exactlyOne(
  z.strictObject({ task: task.optional(), 'remove-flags': removeFlags.optional() }),
  ['task', 'remove-flags']
).meta({ id: 'cleanup-task', description: 'One task, by its only key.', minProperties: 1, maxProperties: 1 });

const group = z
  .strictObject({
    id: identifier.meta({ description: 'Unique among the groups.', examples: ['week-3'] }),
    title: words().meta({ description: 'What people read.', examples: ['Immediate clean-up'] }),
    schedule,
    tasks: z.array(cleanupTask).min(1).max(50).meta({ description: 'Its tasks; ids are unique in all groups.' }),
  })
  .meta({ id: 'cleanup-group', description: 'Tasks that begin together and are due together.' });

/** What is left to do after the migration has completed; it outlives the run. */
export const cleanup = z
  .strictObject({
    title: words().default('Clean-up').meta({ description: 'What people read.' }),
    'remind-every': positiveDuration
      .default('7d')
      .meta({ description: 'Time between messages about what is still owed: one for all of it.', examples: ['7d'] }),
    escalate: escalate.optional().meta({ description: 'Who is asked as well when tasks are overdue for so long.' }),
    groups: z.array(group).min(1).max(20).meta({ description: 'The tasks, by when they are done.' }),
  })
  .meta({
    id: 'cleanup',
    description:
      'Tasks after the run has completed, for weeks and months: owners are told when they begin, reminded, and answer.',
  });
