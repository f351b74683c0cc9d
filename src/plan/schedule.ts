import type { Environment, Phase } from './model.js';
import { spanText } from './text/spans.js';

const day = 24 * 60 * 60 * 1000;

export interface Opening {
  /** Epoch ms; now or in the past when the days have begun. */
  opensAt: number;
  /** Epoch ms; the first instant at which the days are over. Absent where they never are. */
  closesAt?: number;
  text: string;
}

/**
 * When the days of a phase begin and end: day 1 of week 1 is the calendar day on which the run started, in the
 * environment's time zone. Compressed time counts the days from the start of the run instead, divided and capped; there
 * they do not end, since people and shortest windows are not compressed, and would make every phase late.
 *
 * Time zones are Node's, so this is for activities and the CLI, never for workflow code.
 */
export function phaseOpening(
  schedule: NonNullable<Phase['schedule']>,
  runStartedAt: number,
  timeZone: string,
  compression?: Environment['compression']
): Opening {
  const offset = (schedule.week - 1) * 7 + schedule.days[0] - 1;
  const text = `Week ${schedule.week}, day ${schedule.days[0]}`;
  if (compression) {
    if (offset === 0) return { opensAt: runStartedAt, text };
    const scaled = (offset * day) / compression.scale;
    const ms = Math.min(scaled, compression.cap?.ms ?? scaled);
    return { opensAt: runStartedAt + ms, text: `${text} (compressed to ${spanText(ms)})` };
  }
  const closesAt = startOfDay(runStartedAt, (schedule.week - 1) * 7 + schedule.days[1], timeZone);
  if (offset === 0) return { opensAt: runStartedAt, closesAt, text };
  return { opensAt: startOfDay(runStartedAt, offset, timeZone), closesAt, text: `${text} (${timeZone})` };
}

/** The first instant of the calendar day `offset` days after the day of `epochMs`; DST gaps at midnight end at the gap. */
export function startOfDay(epochMs: number, offset: number, timeZone: string): number {
  const [year, month, date] = dateIn(epochMs, timeZone);
  const wanted = Date.UTC(year, month - 1, date + offset);
  // The zone's offset at the wanted midnight is at most 14 hours away: find the first instant of that date.
  let low = wanted - 15 * 60 * 60 * 1000;
  let high = wanted + 15 * 60 * 60 * 1000;
  while (high - low > 1000) {
    const middle = low + Math.floor((high - low) / 2);
    const [y, m, d] = dateIn(middle, timeZone);
    if (Date.UTC(y, m - 1, d) < wanted) low = middle;
    else high = middle;
  }
  // Dates begin at whole minutes, so the whole second inside (low, high] is the one.
  return Math.floor(high / 1000) * 1000;
}

/** Year, month (from 1) and day of an instant. */
export function dateIn(epochMs: number, timeZone: string): [number, number, number] {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(epochMs);
  const [year, month, date] = parts.split('-').map(Number);
  return [year ?? 0, month ?? 0, date ?? 0];
}
