import { formatDuration, parseDuration } from '../language/duration.js';
import { parseCriterion } from '../language/criterion.js';
import { parseQuantity } from '../language/quantity.js';
import { sure } from '../language/understood.js';
import type { Criterion, WindowSpec } from '../model.js';
import { defaultDeadline, defaultEvery, minSamples, windowLength } from '../window-defaults.js';
import type { Clock } from './clock.js';
import type { CriteriaDocument } from './criteria.js';

/** The options that all windows share, with their defaults filled in by the schema. */
export interface WindowOptions {
  every?: string | undefined;
  'warm-up': string;
  deadline?: string | undefined;
  coverage: string;
  'invalid-in-a-row': number;
  'critical-in-a-row': number;
  'min-traffic'?: { metric: string; 'at-least': number } | undefined;
}

/** What a window without options of its own gets: the defaults of the schema. */
export const plainOptions: WindowOptions = {
  'warm-up': '0s',
  coverage: '90%',
  'invalid-in-a-row': 3,
  'critical-in-a-row': 2,
};

/** `hold` windows guard one share of traffic and need fewer samples; `long` ones may be cut by the cap. */
export type WindowKind = 'window' | 'hold' | 'long';

/** Makes a window of its length, options and criteria, in the time of the environment. */
export function freezeWindow(
  clock: Clock,
  kind: WindowKind,
  length: string,
  options: WindowOptions,
  criteria: Criterion[]
): WindowSpec {
  const lengthMs = sure(parseDuration(length));
  const minTraffic = options['min-traffic'];
  return {
    ...clock.window({
      length,
      every: options.every ?? formatDuration(defaultEvery(lengthMs)),
      warmUp: options['warm-up'],
      deadline: options.deadline ?? formatDuration(defaultDeadline(lengthMs)),
      samples: kind === 'hold' ? minSamples.hold : minSamples.window,
      long: kind === 'long',
    }),
    criteria,
    coverage: sure(parseQuantity(options.coverage, 'ratio')),
    invalidInARow: options['invalid-in-a-row'],
    criticalInARow: options['critical-in-a-row'],
    ...(minTraffic ? { minTraffic: { metric: minTraffic.metric, atLeast: minTraffic['at-least'] } } : {}),
  };
}

/** The length of a window that was checked to have one. */
export function lengthOf(own: string | undefined, criteria: CriteriaDocument): string {
  const written = criteria.map((item) => sure(parseCriterion(typeof item === 'string' ? item : item.criterion)).for);
  const length = windowLength(own, written);
  if (length === undefined) throw new Error('unchecked window without a length');
  return length;
}
