import { misunderstood, understood } from './understood.js';
import type { Understood } from './understood.js';

/** Minutes since midnight, 0 to 1440; where `to` is no later than `from`, the hours end on the next day. */
export interface Hours {
  from: number;
  to: number;
}

const clock = String.raw`(?:[01]\d|2[0-3]):[0-5]\d`;
export const hoursPattern = `^${clock}-(?:${clock}|24:00)$`;
const written = new RegExp(hoursPattern);

/** Reads `20:00-06:00`: hours of the day in a time zone that is said elsewhere. */
export function parseHours(text: string): Understood<Hours> {
  if (!written.test(text))
    return misunderstood(`"${text}" are no hours`, 'write for example 20:00-06:00 or 09:00-17:30');
  const [from = 0, to = 0] = text.split('-').map(minuteOf);
  if (from !== to) return understood({ from, to });
  return misunderstood(`"${text}" is no time at all`, 'write 00:00-24:00 for the whole day, or leave hours out');
}

/** The text of such hours. */
export function hoursText({ from, to }: Hours): string {
  return `${clockText(from)}-${clockText(to)}`;
}

function minuteOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 60 + minutes;
}

function clockText(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
