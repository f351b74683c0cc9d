import { hoursAt, type Stretch } from './calendar/hours.js';
import { instantOf, startOfDay, zonedText } from './calendar/zone.js';
import { parseMoment } from './language/moment.js';
import { sure } from './language/understood.js';
import type { Blackout, Environment, Schedule } from './model.js';
import { daysText, hoursOfDayText } from './text/schedule.js';
import { allOf, spanText } from './text/spans.js';

const day = 24 * 60 * 60 * 1000;

export interface OpeningQuestion {
  /** Absent: the phase may start at any time that is no blackout. */
  schedule?: Schedule;
  blackouts?: readonly Blackout[];
  /** Epoch ms; day 1 of week 1 is the day of this instant. */
  runStartedAt: number;
  /** Of the environment. */
  timeZone: string;
  compression?: Environment['compression'];
  /** Epoch ms. */
  askedAt: number;
}

export interface Opening {
  /** Epoch ms; the first instant, no earlier than asked, at which the phase may start. */
  opensAt: number;
  /** Epoch ms; the first instant after `opensAt` at which it may not. Absent: it may always. When asked: see `closed`. */
  closesAt?: number;
  /** Why it can never start any more, as the end of a sentence; then `opensAt` and `closesAt` are no later than asked. */
  closed?: string;
  /** The first freeze after `opensAt` that the phase must heed behind its first change. */
  freeze?: Freeze;
  /** What it waits for, in words that follow "waits": `until Mon 2026-11-30 20:00 (UTC) for hours 20:00-06:00`. */
  text: string;
}

export interface Freeze {
  /** Epoch ms. */
  at: number;
  then: 'hold' | 'retreat';
  /** What began, and when, in words. */
  reason: string;
}

/**
 * When a phase may start: on its days, in its hours and outside of blackouts. Days are calendar days and hours are what
 * the wall clock shows; what a clock change leaves out begins at the end of the gap, and of what it repeats the first
 * counts.
 *
 * Compressed time counts the days from the start of the run, divided and capped; there they do not end, since people and
 * shortest windows are not compressed, and would make every phase late. Hours and blackouts say nothing there: in a
 * minute that stands for hours there is no night.
 *
 * Time zones are Node's, so this is for activities and the CLI, never for workflow code.
 */
export function phaseOpening(question: OpeningQuestion): Opening {
  return question.compression ? compressedOpening(question, question.compression) : realOpening(question);
}

function compressedOpening(
  { schedule = {}, runStartedAt, timeZone, askedAt }: OpeningQuestion,
  { scale, cap }: NonNullable<Environment['compression']>
): Opening {
  const scaled = (firstDay(schedule) * day) / scale;
  const ms = Math.min(scaled, cap?.ms ?? scaled);
  const opensAt = Math.max(askedAt, runStartedAt + ms);
  const why = `${daysText(schedule)} (compressed to ${spanText(ms)})`;
  return { opensAt, text: opensAt > askedAt ? waiting(opensAt, schedule.timeZone ?? timeZone, [why]) : 'for nothing' };
}

function realOpening(question: OpeningQuestion): Opening {
  const { schedule = {}, askedAt } = question;
  const zone = schedule.timeZone ?? question.timeZone;
  const days = daysOf(schedule, question.runStartedAt, zone);
  const blackouts = blackoutsOf(question);
  const waits = new Set<string>();
  let at = askedAt;
  let hours: Stretch | undefined;
  const waitUntil = (instant: number, why: string): void => {
    at = instant;
    waits.add(why);
  };
  if (days && at < days.from) waitUntil(days.from, daysText(schedule));
  for (;;) {
    if (days && at >= days.to) return neverOpens(schedule, days, at, zone, [...waits], askedAt);
    if (schedule.hours || schedule.weekdays) {
      hours = hoursAt(at, schedule, zone);
      if (!hours) throw new Error(`no ${hoursOfDayText(schedule)} within two weeks`);
      if (hours.from > at) {
        waitUntil(hours.from, hoursOfDayText(schedule));
        continue;
      }
    }
    const blackout = blackouts.find(({ from, to }) => from <= at && at < to);
    if (!blackout) break;
    waitUntil(blackout.to, `the end of the blackout "${blackout.reason}"`);
  }
  const next = blackouts.find(({ from }) => from > at);
  const ends = [days?.to, hours?.to, next?.from].filter((end) => end !== undefined);
  const freeze = freezeAfter(schedule, zone, hours, next);
  return {
    opensAt: at,
    ...(ends.length > 0 ? { closesAt: Math.min(...ends) } : {}),
    ...(freeze ? { freeze } : {}),
    text: waits.size > 0 ? waiting(at, zone, [...waits]) : 'for nothing',
  };
}

function neverOpens(
  schedule: Schedule,
  days: Stretch,
  at: number,
  zone: string,
  waits: readonly string[],
  askedAt: number
): Opening {
  const its = `its days (${daysText(schedule)})`;
  const over = askedAt >= days.to;
  const closed = over
    ? `${its} ended at ${zonedText(days.to, zone)}`
    : `${its} end at ${zonedText(days.to, zone)}, and it would have to wait ${waiting(at, zone, waits)}`;
  return { opensAt: Math.min(askedAt, days.to), closesAt: Math.min(askedAt, days.to), closed, text: 'for nothing' };
}

/** The earliest freeze that is more than a closed door to those who come later. */
function freezeAfter(
  { onFreeze, onHoursEnd, ...schedule }: Schedule,
  zone: string,
  hours: Stretch | undefined,
  blackout: (Stretch & { reason: string }) | undefined
): Freeze | undefined {
  const freezes: Freeze[] = [];
  if (onFreeze && blackout) {
    const reason = `the blackout "${blackout.reason}" began at ${zonedText(blackout.from, zone)}`;
    freezes.push({ at: blackout.from, then: onFreeze, reason });
  }
  if (onHoursEnd && hours) {
    const reason = `its ${hoursOfDayText(schedule)} ended at ${zonedText(hours.to, zone)}`;
    freezes.push({ at: hours.to, then: onHoursEnd, reason });
  }
  return freezes.toSorted((a, b) => a.at - b.at)[0];
}

function daysOf(schedule: Schedule, runStartedAt: number, zone: string): Stretch | undefined {
  const { week, days } = schedule;
  if (week === undefined || days === undefined) return undefined;
  const first = firstDay(schedule);
  return {
    from: startOfDay(runStartedAt, first, zone),
    to: startOfDay(runStartedAt, first + days[1] - days[0] + 1, zone),
  };
}

/** Days from the first of the run to the first of the schedule. */
function firstDay({ week = 1, days: [first] = [1, 1] }: Schedule): number {
  return (week - 1) * 7 + first - 1;
}

/** In the order in which they begin, without any that a clock change leaves out. */
function blackoutsOf({ blackouts = [], timeZone }: OpeningQuestion): Array<Stretch & { reason: string }> {
  const instant = (text: string, zone: string): number => instantOf(sure(parseMoment(text)).wall, zone);
  return blackouts
    .map(({ from, to, reason, timeZone: zone = timeZone }) => ({
      from: instant(from, zone),
      to: instant(to, zone),
      reason,
    }))
    .filter(({ from, to }) => from < to)
    .toSorted((a, b) => a.from - b.from);
}

function waiting(until: number, zone: string, why: readonly string[]): string {
  return `until ${zonedText(until, zone)} for ${allOf(why)}`;
}
