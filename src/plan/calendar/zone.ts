/**
 * Wall clocks of time zones, by Node's Intl: for activities and the CLI, never for workflow code. What a wall clock
 * shows is told as epoch ms as if it hung in UTC, so that days are sums there.
 */
const hour = 60 * 60 * 1000;
/** No zone is further from UTC, and no clock change lasts longer. */
const far = 26 * hour;

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the wall clock of a zone shows at an instant. */
export function wallAt(instant: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(instant);
  const read = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)?.value);
  const ms = ((instant % 1000) + 1000) % 1000;
  return Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second'), ms);
}

/**
 * The first instant at which the wall clock shows this or later: the end of the gap for what a clock change leaves out,
 * and the first of two for what it repeats.
 */
export function instantOf(wall: number, timeZone: string): number {
  const before = offsetAt(wall - far, timeZone);
  const after = offsetAt(wall + far, timeZone);
  const [earlier, later] = [wall - Math.max(before, after), wall - Math.min(before, after)];
  for (const instant of [earlier, later]) if (wallAt(instant, timeZone) === wall) return instant;
  return firstFrom(earlier, later, (instant) => wallAt(instant, timeZone) >= wall);
}

/** The first instant of the calendar day `offset` days after that of an instant. */
export function startOfDay(instant: number, offset: number, timeZone: string): number {
  return instantOf(dayOf(wallAt(instant, timeZone)) + offset * 24 * hour, timeZone);
}

/** The beginning of the day that a wall clock shows. */
export function dayOf(wall: number): number {
  return Math.floor(wall / (24 * hour)) * 24 * hour;
}

/** `Mon 2026-11-30 20:00 (Europe/Berlin)`: an instant for people who live there. */
export function zonedText(instant: number, timeZone: string): string {
  const wall = new Date(wallAt(instant, timeZone));
  const weekday = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][wall.getUTCDay()] ?? '';
  const [day = '', time = ''] = wall.toISOString().split('T');
  return `${weekday} ${day} ${time.slice(0, wall.getUTCSeconds() === 0 ? 5 : 8)} (${timeZone})`;
}

function offsetAt(instant: number, timeZone: string): number {
  return wallAt(instant, timeZone) - instant;
}

/** In (from, to], to the second; the condition holds at `to`, and from its first instant on. */
function firstFrom(from: number, to: number, holds: (instant: number) => boolean): number {
  let [low, high] = [from, to];
  while (high - low > 1000) {
    const middle = low + Math.floor((high - low) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  // Clocks change at whole seconds, so the one inside (low, high] is it.
  return Math.floor(high / 1000) * 1000;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}
