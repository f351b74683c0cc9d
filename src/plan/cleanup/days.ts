import type { CleanupGroup, Environment } from '../model.js';
import { dateIn, startOfDay } from '../calendar/zone.js';

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
      const begin = (count: number): number =>
        startOfDay(firstDayAt, offset(firstDayAt, unit, count, timeZone), timeZone);
      const planned = begin(from - 1);
      const opensAt = Math.max(completedAt, planned);
      return [id, { opensAt, dueAt: opensAt + begin(to) - planned }];
    })
  );
}

/** How many days lie between the first day and the first after so many whole weeks or months. */
function offset(firstDayAt: number, unit: CleanupGroup['schedule']['unit'], count: number, timeZone: string): number {
  if (unit === 'week') return 7 * count;
  const [year, month, date] = dateIn(firstDayAt, timeZone);
  const last = new Date(Date.UTC(year, month + count, 0)).getUTCDate();
  return (Date.UTC(year, month - 1 + count, Math.min(date, last)) - Date.UTC(year, month - 1, date)) / day;
}
