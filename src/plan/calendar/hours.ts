import type { Schedule } from '../model.js';
import { dayOf, instantOf, wallAt } from './zone.js';

/** From an instant up to, not including, another; epoch ms. */
export interface Stretch {
  from: number;
  to: number;
}

const minute = 60_000;
const day = 1440 * minute;
/** The next hours are at most a week away, and a clock change may leave out those of one day. */
const farthest = 14;

/**
 * The stretch of hours of the day, on days of the week, that an instant lies in, or else the next one. Hours begin and
 * end when the wall clock first shows their time or a later one. Whole days that follow each other are one stretch.
 */
export function hoursAt(instant: number, schedule: Schedule, timeZone: string): Stretch | undefined {
  const today = dayOf(wallAt(instant, timeZone));
  // The hours of yesterday may reach into today.
  for (let ahead = -1; ahead <= farthest; ahead += 1) {
    const date = today + ahead * day;
    const stretch = hoursOn(date, schedule, timeZone);
    if (stretch && stretch.to > instant) return prolonged(stretch, date, schedule, timeZone);
  }
  return undefined;
}

function prolonged(stretch: Stretch, date: number, schedule: Schedule, timeZone: string): Stretch {
  for (let next = date + day; next <= date + farthest * day; next += day) {
    const more = hoursOn(next, schedule, timeZone);
    // A day without hours ends it, but not one that a clock change left out.
    if (!more) continue;
    if (more.from > stretch.to) break;
    stretch = { from: stretch.from, to: more.to };
  }
  return stretch;
}

/** The hours that begin on a day; undefined when it has none, or a clock change leaves them out. */
function hoursOn(
  date: number,
  { hours = { from: 0, to: 1440 }, weekdays }: Schedule,
  timeZone: string
): Stretch | undefined {
  if (weekdays && !weekdays.includes(weekdayOf(date))) return undefined;
  const { from, to } = hours;
  const end = date + to * minute + (to <= from ? day : 0);
  const stretch = { from: instantOf(date + from * minute, timeZone), to: instantOf(end, timeZone) };
  return stretch.from < stretch.to ? stretch : undefined;
}

/** 1 (Monday) to 7. */
function weekdayOf(date: number): number {
  return new Date(date).getUTCDay() || 7;
}
