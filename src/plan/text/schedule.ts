import { hoursText } from '../language/hours.js';
import { weekdaysText } from '../language/weekdays.js';
import type { Blackout, Schedule } from '../model.js';

/** `week 1, day 3`, `week 2, days 1-2`; empty without days. */
export function daysText({ week, days }: Schedule): string {
  if (week === undefined || days === undefined) return '';
  const [first, last] = days;
  return first === last ? `week ${week}, day ${first}` : `week ${week}, days ${first}-${last}`;
}

/** `hours 20:00-06:00 on mon-fri`; empty without. */
export function hoursOfDayText({ hours, weekdays }: Schedule): string {
  const clock = hours ? `hours ${hoursText(hours)}` : '';
  const days = weekdays ? weekdaysText(weekdays) : '';
  return [clock, days].filter((part) => part !== '').join(' on ');
}

/** When a phase may start, in words: `week 1, days 1-3, hours 20:00-06:00 (Europe/Berlin)`; empty when at any time. */
export function scheduleText(schedule: Schedule): string {
  const parts = [daysText(schedule), hoursOfDayText(schedule)].filter((part) => part !== '');
  const zone = schedule.timeZone === undefined ? '' : ` (${schedule.timeZone})`;
  return parts.length === 0 ? '' : `${parts.join(', ')}${zone}`;
}

/** What becomes of a phase that a freeze overtakes; empty where it is finished. */
export function freezeText({ onFreeze, onHoursEnd }: Schedule): string {
  const words = { hold: 'holds before its next step', retreat: 'is rolled back' } as const;
  return [
    ...(onFreeze ? [`when a blackout begins it ${words[onFreeze]}`] : []),
    ...(onHoursEnd ? [`when its hours end it ${words[onHoursEnd]}`] : []),
  ].join(', ');
}

/** `2026-12-20 00:00 to 2027-01-07 00:00 (Europe/Berlin): Year-end freeze`. */
export function blackoutText({ from, to, reason, timeZone }: Blackout, zone: string): string {
  return `${from} to ${to} (${timeZone ?? zone}): ${reason}`;
}
