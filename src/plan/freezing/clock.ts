import type { EnvironmentDocument } from '../document/environment-document.js';
import { formatDuration, parseDuration } from '../language/duration.js';
import { sure } from '../language/understood.js';
import type { TimeSpan, WindowSpec } from '../model.js';
import { defaultReminder, shortestEvery } from '../window-defaults.js';

/** The times of a window as written; `samples` is how many it needs, `long` whether the cap may cut it. */
export interface PlannedTimes {
  length: string;
  every: string;
  warmUp: string;
  deadline: string;
  samples: number;
  long: boolean;
}

/** Turns durations of the plan into spans that pass in this environment. */
export interface Clock {
  /** Timeouts and lags: what machines need does not shrink. */
  kept(text: string): TimeSpan;
  /** Times within a span, such as the reminders of an approval: as often as planned, however long it really is. */
  within(whole: TimeSpan, text: string): TimeSpan;
  /** Times that are only waited out: the cap may cut them. */
  wait(text: string): TimeSpan;
  /** Times between samples: no source is asked more often than once a second. */
  every(text: string): TimeSpan;
  /** Deadlines of people. */
  forPeople(text: string): TimeSpan;
  window(times: PlannedTimes): Pick<WindowSpec, 'length' | 'every' | 'warmUp' | 'deadline'>;
}

/**
 * The clock of an environment. Compression divides by the scale, but never so far that a window has too few samples,
 * that a source is asked more than once a second, or that people have no time to type.
 */
export function createClock(compress: EnvironmentDocument['compress']): Clock {
  const scale = compress?.scale ?? 1;
  const cap = compress?.cap === undefined ? Number.POSITIVE_INFINITY : toMs(compress.cap);
  const peopleMinimum = compress === undefined ? 0 : toMs(compress['people-minimum']);
  const divided = (text: string): number => Math.ceil(toMs(text) / scale);
  return {
    kept: (text) => span(toMs(text), text),
    within: (whole, text) => span(Math.ceil((whole.ms * toMs(text)) / toMs(whole.planned)), text),
    every: (text) => span(Math.max(shortestEvery, divided(text)), text),
    wait: (text) => span(Math.min(divided(text), cap), text),
    forPeople: (text) => span(Math.min(toMs(text), Math.max(peopleMinimum, divided(text))), text),
    window: ({ length, every, warmUp, deadline, samples, long }) => {
      const wanted = Math.min(divided(length), long ? cap : Number.POSITIVE_INFINITY);
      const lengthMs = Math.max(wanted, Math.min(toMs(length), samples * shortestEvery));
      const everyMs = Math.max(shortestEvery, Math.min(divided(every), Math.floor(lengthMs / samples)));
      const warmUpMs = divided(warmUp);
      return {
        length: span(lengthMs, length),
        every: span(everyMs, every),
        warmUp: span(warmUpMs, warmUp),
        // In proportion to the length, so that a window stretched to its samples has as many chances as planned.
        deadline: span(Math.ceil((lengthMs * toMs(deadline)) / toMs(length)), deadline),
      };
    },
  };
}

/** Reminders within the time that people have: as the plan says, else as usual for such a time. */
export function remindersWithin(clock: Clock, expires: TimeSpan, remindEvery: string | undefined): TimeSpan {
  return clock.within(expires, remindEvery ?? formatDuration(defaultReminder(toMs(expires.planned))));
}

function toMs(text: string): number {
  return sure(parseDuration(text));
}

function span(ms: number, planned: string): TimeSpan {
  return { ms, planned };
}
