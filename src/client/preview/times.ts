import { latestEnd } from '../../plan/judge.js';
import type { BeforeItem, FrozenPlan, Phase, Step, WindowSpec } from '../../plan/model.js';
import { phaseOpening, type Opening } from '../../plan/schedule.js';

/** Milliseconds from the start of the run. */
export interface Span {
  shortestMs: number;
  longestMs: number;
}

export interface PhaseTimes {
  begins: Span;
  ends: Span;
  /** When it may start, at the soonest that it could come to that. */
  opening: Opening;
}

/** When each phase begins and ends at the soonest and at the latest, if no step is held or repeated. */
export function phaseTimes(frozen: FrozenPlan, startAt: number): PhaseTimes[] {
  let before: Span = { shortestMs: 0, longestMs: 0 };
  // The days of the phases are counted from when the checklists before them are closed.
  let closed = before;
  // The stages of the validation, from when the last deployment phase was done.
  let deployed = before;
  return frozen.plan.phases.map((phase) => {
    const opens = (which: keyof Span): Opening =>
      openingOf(frozen, phase, startAt + closed[which], startAt + before[which]);
    const opening = opens('shortestMs');
    const from = phase.stage?.from.ms ?? 0;
    const begins = phase.stage
      ? {
          shortestMs: Math.max(before.shortestMs, deployed.shortestMs + from),
          longestMs: Math.max(before.longestMs, deployed.longestMs + from),
        }
      : {
          shortestMs: Math.max(before.shortestMs, opening.opensAt - startAt),
          longestMs: Math.max(before.longestMs, opens('longestMs').opensAt - startAt),
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
    return { begins, ends, opening };
  });
}

/**
 * When a phase may start. The stage before all phases has no schedule: it changes nothing.
 *
 * @param firstDay epoch ms; the day from which the days of the phases are counted
 * @param askedAt epoch ms; when the phases before it are done
 */
function openingOf({ environment }: FrozenPlan, phase: Phase, firstDay: number, askedAt: number): Opening {
  const { timeZone, blackouts = [], compression } = environment;
  return phaseOpening({
    ...(phase.schedule ? { schedule: phase.schedule } : {}),
    blackouts: phase.checklists ? [] : blackouts,
    runStartedAt: firstDay,
    timeZone,
    askedAt,
    ...(compression ? { compression } : {}),
  });
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
