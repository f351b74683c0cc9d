import { deploymentPhases } from '../phases.js';
import type { Phase, WindowSpec } from '../model.js';
import { movedBy } from '../names.js';

/**
 * The phase whose component fails: the one that somebody named; else that of the plan's cause; else the newest that began and
 * watches the metric; else the newest that began. Undefined while none began, and then nothing was changed.
 *
 * @param begun ids of the phases that began, in their order
 * @param asked `phase` is what somebody named, `ofCause` what the plan names: until that has begun, others may be at fault
 */
export function componentOf(
  phases: readonly Phase[],
  begun: readonly string[],
  asked: { phase?: string | undefined; ofCause?: string | undefined; metric?: string | undefined }
): string | undefined {
  const deploying = deploymentPhases(phases).map(({ id }) => id);
  const changing = begun.filter((id) => deploying.includes(id));
  if (asked.phase !== undefined) return changing.find((id) => id === asked.phase);
  const { ofCause, metric } = asked;
  if (ofCause !== undefined && changing.includes(ofCause)) return ofCause;
  const watching = changing.filter((id) =>
    phases.some((phase) => phase.id === id && metric !== undefined && watches(phase, metric))
  );
  return watching.at(-1) ?? changing.at(-1);
}

function watches({ steps, success, soak }: Phase, metric: string): boolean {
  const windows: Array<WindowSpec | undefined> = [success, soak];
  for (const step of steps) {
    if (step.kind === 'watch') windows.push(step.window);
    if (step.kind === 'traffic') windows.push(step.hold);
  }
  return windows.some((window) => window?.criteria.some((criterion) => criterion.metric === metric));
}

/**
 * A phase and all that must be taken back with it, in the plan's order: what depends on it, directly or through others,
 * and what comes later and moves a target of it, whose older state would come back under the newer.
 */
export function withDependents(phases: ReadonlyArray<Pick<Phase, 'id' | 'after' | 'steps'>>, id: string): string[] {
  const found = new Set<string>();
  const moved = new Set<string>();
  for (const phase of phases) {
    const targets = movedBy(phase);
    const isConcerned = phase.after.some((one) => found.has(one)) || targets.some((target) => moved.has(target));
    if (phase.id !== id && !isConcerned) continue;
    found.add(phase.id);
    for (const target of targets) moved.add(target);
  }
  return [...found];
}
