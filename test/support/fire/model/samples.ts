import type { Account, Answer, Course, Promised, WindowRecord } from './account.js';

/**
 * Every window has every sample of its grid, each with the value that its source gave for this very instant, and without
 * one only where the source never had any: on a busy machine it may miss what it measures. A completed run passed the
 * undisturbed run's windows.
 */
export function sampleComplaints(
  course: Pick<Course, 'windows'>,
  { windows, answers }: Pick<Account, 'windows' | 'answers'>,
  { end }: Promised
): string[] {
  const passed = windows.filter(({ verdict }) => verdict === 'PASS').map(({ address }) => stepOf(address));
  const missing = end === 'completed' ? course.windows.filter((address) => !passed.includes(address)) : [];
  return [
    ...missing.map((address) => `the run completed, but its window ${address} never passed`),
    ...windows.flatMap((window) => holes(window)),
    ...windows.flatMap((window) => untaken(window)),
    ...windows.flatMap((window) => (answers ? inventions(window, answers) : unvalued(window))),
    ...windows.filter((window) => isTooShort(window)).map(({ address }) => `${address} passed on too few samples`),
  ];
}

function holes({ address, t0, warmUpMs, everyMs, samples }: WindowRecord): string[] {
  const wrong = samples.find(({ k, at }, index) => k !== index || at !== t0 + warmUpMs + index * everyMs);
  if (wrong) return [`${address} lost a sample: ${wrong.k} at ${wrong.at} is not the next one of its grid`];
  return [];
}

/** Every sample reads the same metrics: one that has fewer was taken by nobody. Their queries may differ, by the time that has passed. */
function untaken({ address, samples }: WindowRecord): string[] {
  const all = Math.max(0, ...samples.map(({ readings }) => readings.length));
  const lost = samples.find(({ readings }) => readings.length < all);
  return lost ? [`${address} lost sample ${lost.k}: not all was read for it`] : [];
}

/** Nothing tells what the source said. */
function unvalued({ address, samples }: WindowRecord): string[] {
  const invalid = samples.find(({ valid }) => !valid);
  return invalid ? [`${address} lost sample ${invalid.k}: it has no value`] : [];
}

/** Samples that the source was never asked for, or that it knows otherwise. */
function inventions({ address, samples }: WindowRecord, answers: readonly Answer[]): string[] {
  return samples.flatMap(({ k, at, readings }) =>
    readings.flatMap(({ query, value }) => {
      const given = answers.filter((answer) => answer.query === query && answer.at === at);
      if (given.length === 0) return [`${address} has a sample ${k} at ${at} that its source was never asked for`];
      // Nothing divided by nothing is no value.
      const isSame = (answer: Answer): boolean =>
        value === undefined ? !Number.isFinite(answer.value) : answer.value === value;
      // Asked too early it may say nothing, and have a value when it is asked again: that one counts.
      if (value === undefined ? given.every(isSame) : given.some(isSame)) return [];
      const said = given.map((answer) => answer.value ?? 'nothing').join(', ');
      return [`sample ${k} of ${address} is ${value ?? 'nothing'}, but its source said ${said}`];
    })
  );
}

function isTooShort({ verdict, samples, lengthMs, everyMs }: WindowRecord): boolean {
  return verdict === 'PASS' && samples.length < Math.ceil(lengthMs / everyMs) + 1;
}

/** An address without its attempt. */
export function stepOf(address: string): string {
  return address.replace(/#\d+$/, '');
}
