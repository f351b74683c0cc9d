import type { Severity } from '../model.js';

/** An incident that is open; `component` is the phase that it may take back, `phase` what somebody named. */
interface Open {
  severity: Severity;
  reach: 'all' | 'component' | 'none';
  component?: string | undefined;
  phase?: string | undefined;
}

/**
 * Whether an open incident of the same trouble does all that is asked for now: as grave, or graver, and about the phase that is
 * named. Of a cause the plan says which phase it is about.
 */
export function covers(
  { severity, reach, component, phase }: Open,
  asked: { severity: Severity; cause?: string | undefined; phase?: string | undefined }
): boolean {
  if (severity > asked.severity) return false;
  if (reach === 'all' || asked.cause !== undefined || asked.phase === undefined) return true;
  return asked.phase === component || asked.phase === phase;
}
