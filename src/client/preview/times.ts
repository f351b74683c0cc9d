import { latestEnd } from '../../plan/judge.js';
import type { BeforeItem, FrozenPlan, Phase, Step, WindowSpec } from '../../plan/model.js';
import { phaseOpening } from '../../plan/schedule.js';

/** Milliseconds from the start of the run. */
export interface Span {
  shortestMs: number;
  longestMs: number;
}

/** When each phase begins and ends at the soonest and at the latest, if no step is held or repeated. */
export function phaseTimes(frozen: FrozenPlan, startAt: number): Array<{ begins: Span; ends: Span }> {
  let before: Span = { shortestMs: 0, longestMs: 0 };
  // The days of the phases are counted from when the checklists before them are closed.
  let closed = before;
  // The stages of the validation, from when the last deployment phase was done.
  let deployed = before;
  return frozen.plan.phases.map((phase) => {
    const opens = (from: number): number => from + opensAfter(frozen, phase, startAt + from);
    const from = phase.stage?.from.ms ?? 0;
    const begins = phase.stage
      ? {
          shortestMs: Math.max(before.shortestMs, deployed.shortestMs + from),
          longestMs: Math.max(before.longestMs, deployed.longestMs + from),
        }
      : {
          shortestMs: Math.max(before.shortestMs, opens(closed.shortestMs)),
          longestMs: Math.max(before.longestMs, opens(closed.longestMs)),
        };
    const ends = {
      shortestMs:
        Math.max(begins.shortestMs, before.shortestMs + stable(phase, shortestWindow)) +
        work(frozen, phase, 'shortestMs'),
      longestMs:
        Math.max(begins.longestMs, before.longestMs + stable(phase, longestWindow)) + work(frozen, phase, 'longestMs'),
    };
    before = ends;
    if (!phase.stage) deployed = ends;
    if (phase.checklists && !phase.stage) closed = ends;
    return { begins, ends };
  });
}

/** When the days of a phase begin, counted from the start of the run. */
export function opensAfter({ environment }: FrozenPlan, phase: Phase, startAt: number): number {
  if (!phase.schedule) return 0;
  return phaseOpening(phase.schedule, startAt, environment.timeZone, environment.compression).opensAt - startAt;
}

export function shortestWindow(spec: WindowSpec): number {
  return spec.warmUp.ms + (spec.throughout ? spec.deadline.ms : spec.length.ms);
}

export function longestWindow(spec: WindowSpec): number {
  return spec.warmUp.ms + latestEnd(spec);
}

/** A stability window counts from the end of earlier phases, so that it may be over when this one's days begin. */
function stable(phase: Phase, time: (spec: WindowSpec) => number): number {
  const windows = phase.before.flatMap((item) =>
    item.kind === 'check' && item.check.type === 'stable' ? [item.check.window] : []
  );
  return Math.max(0, ...windows.map(time));
}

function work(frozen: FrozenPlan, phase: Phase, which: keyof Span): number {
  const window = which === 'shortestMs' ? shortestWindow : longestWindow;
  const step = (one: Step): number => stepTime(frozen, one)[which];
  const together = (items: readonly BeforeItem[]): number => Math.max(0, ...items.map(step));
  const approval = which === 'longestMs' ? (phase.approval?.expires.ms ?? 0) : 0;
  if (phase.stage) return Math.max(phase.stage.to.ms - phase.stage.from.ms, together(phase.before));
  return (
    together(phase.before.filter((item) => !(item.kind === 'check' && item.check.type === 'stable'))) +
    phase.steps.reduce((sum, one) => sum + step(one), 0) +
    (phase.success ? window(phase.success) : 0) +
    together(phase.successChecks) +
    approval +
    (phase.soak ? window(phase.soak) : 0)
  );
}

function stepTime({ environment }: FrozenPlan, step: Step): Span {
  switch (step.kind) {
    case 'flag':
      return { shortestMs: 0, longestMs: 0 };
    case 'deploy':
      return { shortestMs: 0, longestMs: environment.deploy[step.target]?.timeout.ms ?? 0 };
    case 'traffic':
      return {
        shortestMs: step.percents.length * shortestWindow(step.hold),
        longestMs: step.percents.length * longestWindow(step.hold),
      };
    case 'check':
      return { shortestMs: 0, longestMs: 'timeout' in step.check ? step.check.timeout.ms : 0 };
    case 'attest':
      return { shortestMs: 0, longestMs: step.expires.ms };
    case 'baseline':
      return { shortestMs: 0, longestMs: 0 };
    case 'watch':
      return { shortestMs: shortestWindow(step.window), longestMs: longestWindow(step.window) };
  }
}
