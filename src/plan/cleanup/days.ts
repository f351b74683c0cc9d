import { dayOf, instantOf, wallAt } from '../calendar/zone.js';
import type { CleanupGroup, Environment } from '../model.js';

const day = 24 * 60 * 60 * 1000;
/** Of compressed time, which knows no calendar. */
const daysOf = { week: 7, month: 30 } as const;

/** When the tasks of a group begin and are due, epoch ms. */
export interface GroupDays {
  opensAt: number;
  dueAt: number;
}

export interface DaysAsked {
  groups: Array<Pick<CleanupGroup, 'id' | 'schedule' | 'length'>>;
  /** Epoch ms on the first day of the run, from which its weeks and months count. */
  firstDayAt: number;
  /** Epoch ms. */
  completedAt: number;
  timeZone: string;
  compression?: Environment['compression'];
}

/**
 * The days of all groups, by their ids. Weeks and months are those of the calendar in the environment's time zone; a
 * month that has no such day ends sooner. A run that completed late puts nothing off twice: what should have begun
 * begins at once, and has as long as planned. Compressed time counts from the completion.
 *
 * Time zones are Node's, so this is for activities and the CLI, never for workflow code.
 */
export function cleanupDays({
  groups,
  firstDayAt,
  completedAt,
  timeZone,
  compression,
}: DaysAsked): Record<string, GroupDays> {
  return Object.fromEntries(
    groups.map(({ id, schedule: { unit, from, to }, length }) => {
      if (compression) {
        const scaled = ((from - 1) * daysOf[unit] * day) / compression.scale;
        const opensAt = Math.max(completedAt, firstDayAt + Math.min(scaled, compression.cap?.ms ?? scaled));
        return [id, { opensAt, dueAt: opensAt + length.ms }];
      }
      const firstDay = dayOf(wallAt(firstDayAt, timeZone));
      const begin = (count: number): number => instantOf(dayAfter(firstDay, unit, count), timeZone);
      const planned = begin(from - 1);
      const opensAt = Math.max(completedAt, planned);
      return [id, { opensAt, dueAt: opensAt + begin(to) - planned }];
    })
  );
}

/** The day, on the wall calendar, on which so many whole weeks or months after the first day are over. */
function dayAfter(firstDay: number, unit: CleanupGroup['schedule']['unit'], count: number): number {
  if (unit === 'week') return firstDay + 7 * count * day;
  const first = new Date(firstDay);
  const [year, month] = [first.getUTCFullYear(), first.getUTCMonth() + count];
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(first.getUTCDate(), last));
}
