import type { Account, Course, Promised, WindowRecord } from './account.js';

/** Every window has every sample of its grid, each with a value; a completed run passed the undisturbed run's windows. */
export function sampleComplaints(course: Course, { windows }: Account, { end }: Promised): string[] {
  const passed = windows.filter(({ verdict }) => verdict === 'PASS').map(({ address }) => stepOf(address));
  const missing = end === 'completed' ? course.windows.filter((address) => !passed.includes(address)) : [];
  return [
    ...missing.map((address) => `the run completed, but its window ${address} never passed`),
    ...windows.flatMap((window) => holes(window)),
    ...windows.filter((window) => isTooShort(window)).map(({ address }) => `${address} passed on too few samples`),
  ];
}

function holes({ address, t0, warmUpMs, everyMs, samples }: WindowRecord): string[] {
  const wrong = samples.find(({ k, at }, index) => k !== index || at !== t0 + warmUpMs + index * everyMs);
  if (wrong) return [`${address} lost a sample: ${wrong.k} at ${wrong.at} is not the next one of its grid`];
  const invalid = samples.find(({ valid }) => !valid);
  return invalid ? [`${address} lost sample ${invalid.k}: it has no value`] : [];
}

function isTooShort({ verdict, samples, lengthMs, everyMs }: WindowRecord): boolean {
  return verdict === 'PASS' && samples.length < Math.ceil(lengthMs / everyMs) + 1;
}

function stepOf(address: string): string {
  return address.replace(/#\d+$/, '');
}
