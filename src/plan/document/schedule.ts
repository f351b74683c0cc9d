import { z } from 'zod';
import { parsedText, words } from './fields.js';
import { hoursPattern, parseHours } from '../language/hours.js';
import { momentPattern, parseMoment } from '../language/moment.js';
import { misunderstood, understood } from '../language/understood.js';
import type { Understood } from '../language/understood.js';
import { parseWeekdays, weekdaysPattern } from '../language/weekdays.js';

/** Reads `1-3` or `4`: days of a week, the first and the last included. */
export function parseDays(text: string): Understood<[number, number]> {
  const [, first, last] = /^([1-7])(?:-([1-7]))?$/.exec(text) ?? [];
  if (first === undefined)
    return misunderstood(`"${text}" are not days of a week`, 'write for example 1-3; the first day is 1');
  const days: [number, number] = [Number(first), Number(last ?? first)];
  return days[0] <= days[1]
    ? understood(days)
    : misunderstood(`"${text}" runs backwards`, `write ${days[1]}-${days[0]}`);
}

function parseTimeZone(text: string): Understood<string> {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return understood(text);
  } catch {
    return misunderstood(`"${text}" is not a time zone`, 'write for example Europe/Berlin or UTC');
  }
}

export const timeZone = parsedText(parseTimeZone, '.', 'Europe/Berlin');

const onFreeze = z.enum(['finish', 'hold', 'retreat']);

/** What a phase and the plan as a whole can say. */
const common = {
  hours: parsedText(parseHours, hoursPattern, '20:00-06:00')
    .optional()
    .meta({
      description:
        'Hours of the day in which a phase may start, such as those of low traffic. They may go over midnight.',
      examples: ['20:00-06:00'],
    }),
  weekdays: parsedText(parseWeekdays, weekdaysPattern, 'mon-fri')
    .optional()
    .meta({
      description: 'Days of the week on which it may start; hours over midnight belong to the day on which they begin.',
      examples: ['mon-fri'],
    }),
  'time-zone': timeZone.optional().meta({
    description: 'Zone of the days and hours. Default: that of the environment.',
    examples: ['Europe/Berlin'],
  }),
  'on-freeze': onFreeze.optional().meta({
    description:
      'When a blackout begins behind the first change: finish the phase, hold before its next step and ask people, or retreat: take it back. Default: finish.',
    examples: ['hold'],
  }),
  'on-hours-end': onFreeze.optional().meta({
    description: 'The same for the end of the hours. Default: finish.',
    examples: ['finish'],
  }),
} as const;

export const schedule = z
  .strictObject({
    week: z
      .int()
      .min(1)
      .max(52)
      .optional()
      .meta({ description: 'Week of the run, from 1; with `days`.', examples: [1] }),
    days: z
      .union([z.int().min(1).max(7), parsedText(parseDays, '^[1-7](?:-[1-7])?$', '1-3')])
      .optional()
      .meta({
        description: 'Days of that week on which the phase may start. Over before its first change: HOLD.',
        examples: ['1-3', 4],
      }),
    ...common,
  })
  .meta({
    id: 'schedule',
    description: 'When the phase may start. Default: as soon as the phases before it are done.',
  });

export const commonSchedule = z.strictObject(common).meta({
  id: 'common-schedule',
  description: 'What holds for the schedule of every phase that does not say otherwise.',
});

const moment = parsedText(parseMoment, momentPattern, '2026-12-20');

const blackout = z
  .strictObject({
    from: moment.meta({
      description: 'Its first day, or the time at which it begins.',
      examples: ['2026-12-20', '2026-11-27 18:00'],
    }),
    to: moment.optional().meta({
      description: 'Its last day, or the time at which it ends. Default: `from` is its only day.',
      examples: ['2027-01-06', '2026-11-30 08:00'],
    }),
    reason: words().meta({ description: 'Why nothing starts then.', examples: ['Year-end freeze'] }),
    'time-zone': timeZone.optional().meta({
      description: 'Zone of these times. Default: that of the environment.',
      examples: ['Europe/Berlin'],
    }),
  })
  .meta({ id: 'blackout', description: 'A time in which no phase starts.' });

export const blackouts = z
  .array(blackout)
  .max(100)
  .meta({
    description: 'Times in which no phase starts; those of the plan and of the environment count together.',
    examples: [[{ from: '2026-12-20', to: '2027-01-06', reason: 'Year-end freeze' }]],
  });
