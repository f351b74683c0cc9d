import { zonedText } from '../../plan/calendar/zone.js';
import type { Fault } from '../../plan/loading/fault.js';
import type { Checklist, FrozenPlan, Phase, Standing, Step, WindowSpec, StageSpec } from '../../plan/model.js';
import { lockKeys, migrationId, remarksOf } from '../../plan/names.js';
import { eligible } from '../../plan/quorum.js';
import { blackoutText, freezeText, scheduleText } from '../../plan/text/schedule.js';
import { previewCleanup, type PreviewCleanup } from './cleanup-preview.js';
import { describeStep } from './describe-step.js';
import { spanWords } from './span-words.js';
import { previewWatch, type PreviewWatch } from './watch-preview.js';
import { phaseTimes, type PhaseTimes, type Span } from './times.js';

export interface PreviewStep {
  id: string;
  title: string;
  kind: Step['kind'];
  /** What it does, in words. */
  does: string;
  /** How it is undone; for actions only. */
  undo?: string;
  /** Set when it cannot be undone. */
  cannotUndo?: string;
  /** Everybody is exposed at once: no traffic step raises this flag. */
  atOnce: boolean;
}

export interface PreviewApproval {
  /** `any`: one of the roles is enough. */
  needs: 'all' | 'any';
  /** Role -> how many, and who could. */
  roles: Record<string, { count: number; people: string[] }>;
  expires: string;
  onExpiry: 'rollback' | 'hold';
}

export interface PreviewPhase {
  id: string;
  title: string;
  /** When it may start. `opens` is the soonest in its time zone, `closed` why there is no such time, `freeze` what then. */
  schedule?: { text: string; opensAfterMs: number; opens: string; closed?: string; freeze?: string };
  begins: Span;
  ends: Span;
  /** Of the stage before all phases: its items, which stand in `before`, by checklist. */
  checklists?: Checklist[];
  /** Of the validation: from and to, counted from when this phase completed. */
  stage?: { since: string; from: string; to: string };
  before: PreviewStep[];
  steps: PreviewStep[];
  success?: { for: string; criteria: string[] };
  successChecks: PreviewStep[];
  approval?: PreviewApproval;
  soak?: { for: string; criteria: string[] };
}

/** What a run would do, when, and who must say yes. Nothing is asked of any system for it. */
export interface Preview {
  schemaVersion: 1;
  run: string;
  digest: string;
  plan: { id: string; title: string; document?: Standing };
  environment: { id: string; title: string; kind: string };
  vars: Record<string, string>;
  startedBy: string;
  phases: PreviewPhase[];
  /** What watches beside the phases. */
  watch?: PreviewWatch;
  /** What is left to do when it has completed. */
  cleanup?: PreviewCleanup;
  /** If nothing is held or repeated. */
  total: Span;
  counts: { flags: number; deploys: number; windows: number; approvals: number; attestations: number };
  /** Flags and deploy targets that the run locks. */
  locks: string[];
  cannotUndo: string[];
  exposesAtOnce: string[];
  /** Times in which no phase starts. */
  blackouts: string[];
  remarks: string[];
  warnings: Array<{ place: string; message: string; hint: string }>;
}

export interface PreviewFacts {
  frozen: FrozenPlan;
  warnings: readonly Fault[];
  startedBy: string;
  /** Epoch ms. */
  startAt: number;
}

export function buildPreview({ frozen, warnings, startedBy, startAt }: PreviewFacts): Preview {
  const { plan, environment, digest, vars } = frozen;
  const times = phaseTimes(frozen, startAt);
  const watch = previewWatch(frozen);
  const cleanup = previewCleanup(frozen);
  const none = { shortestMs: 0, longestMs: 0 };
  const phases = plan.phases.map((phase, index) => previewPhase(frozen, phase, times[index], startedBy, startAt));
  const steps = phases.flatMap((phase) => [...phase.before, ...phase.steps, ...phase.successChecks]);
  const ofKind = (...kinds: Array<Step['kind']>): number => steps.filter((step) => kinds.includes(step.kind)).length;
  return {
    schemaVersion: 1,
    run: migrationId(environment.id, plan.id),
    digest,
    plan: { id: plan.id, title: plan.title, ...(plan.document ? { document: plan.document } : {}) },
    environment: { id: environment.id, title: environment.title, kind: environment.kind },
    vars,
    startedBy,
    phases,
    ...(watch ? { watch } : {}),
    ...(cleanup ? { cleanup } : {}),
    total: phases.at(-1)?.ends ?? none,
    counts: {
      flags: ofKind('flag'),
      deploys: ofKind('deploy'),
      windows: ofKind('watch', 'traffic') + phases.filter((phase) => phase.success).length,
      approvals: phases.filter((phase) => phase.approval).length,
      attestations: ofKind('attest'),
    },
    locks: lockKeys(plan),
    cannotUndo: titles(phases, (step) => step.cannotUndo !== undefined),
    exposesAtOnce: titles(phases, (step) => step.atOnce),
    blackouts: (environment.blackouts ?? []).map((blackout) => blackoutText(blackout, environment.timeZone)),
    remarks: remarksOf(environment),
    warnings: warnings.map(({ file, line, column, message, hint }) => ({
      place: `${file}:${line}:${column}`,
      message,
      hint,
    })),
  };
}

function titles(phases: readonly PreviewPhase[], which: (step: PreviewStep) => boolean): string[] {
  return phases.flatMap((phase) => phase.steps.filter(which).map((step) => `${phase.id}/${step.id}: ${step.title}`));
}

function previewPhase(
  frozen: FrozenPlan,
  phase: Phase,
  times: PhaseTimes | undefined,
  startedBy: string,
  startAt: number
): PreviewPhase {
  const raised = new Set(phase.steps.flatMap((step) => (step.kind === 'traffic' ? [step.flag] : [])));
  const shown = (step: Step): PreviewStep => ({
    id: step.id,
    title: step.title,
    kind: step.kind,
    ...describeStep(step),
    atOnce: step.kind === 'flag' && step.to && step.percent === 100 && !raised.has(step.key),
  });
  const { success, soak } = phase;
  const none = { shortestMs: 0, longestMs: 0 };
  return {
    id: phase.id,
    title: phase.title,
    ...(times ? scheduleFacts(frozen, phase, times, startAt) : {}),
    begins: times?.begins ?? none,
    ends: times?.ends ?? none,
    ...(phase.checklists ? { checklists: phase.checklists } : {}),
    ...(phase.stage ? { stage: stageFacts(phase.stage) } : {}),
    before: phase.before.map(shown),
    steps: phase.steps.map(shown),
    ...(success ? { success: windowFacts(success) } : {}),
    successChecks: phase.successChecks.map(shown),
    ...(phase.approval ? { approval: approvalFacts(frozen, phase.approval, startedBy) } : {}),
    ...(soak ? { soak: windowFacts(soak) } : {}),
  };
}

/** Absent where a phase may start at once, whenever that is. */
function scheduleFacts(
  { environment }: FrozenPlan,
  { schedule = {} }: Phase,
  { opening, begins }: PhaseTimes,
  startAt: number
): Pick<PreviewPhase, 'schedule'> {
  const { closed } = opening;
  const opensAfterMs = begins.shortestMs;
  const text = scheduleText(schedule);
  if (text === '' && opening.text === 'for nothing') return {};
  const freeze = environment.compression ? '' : freezeText(schedule);
  return {
    schedule: {
      text: text === '' ? 'after the blackout' : text,
      opensAfterMs,
      opens: zonedText(startAt + opensAfterMs, schedule.timeZone ?? environment.timeZone),
      ...(closed === undefined ? {} : { closed }),
      ...(freeze === '' ? {} : { freeze }),
    },
  };
}

function stageFacts({ since, from, to }: StageSpec): NonNullable<PreviewPhase['stage']> {
  return { since, from: spanWords(from), to: spanWords(to) };
}

function windowFacts(spec: WindowSpec): { for: string; criteria: string[] } {
  return { for: spanWords(spec.length), criteria: spec.criteria.map((criterion) => criterion.text) };
}

function approvalFacts(
  { environment }: FrozenPlan,
  spec: NonNullable<Phase['approval']>,
  startedBy: string
): PreviewApproval {
  const people = eligible(spec, environment.people, startedBy);
  const roles = Object.entries(spec.roles).map(
    ([role, count]) =>
      [
        role,
        { count, people: people.filter((person) => person.roles.includes(role)).map((person) => person.name) },
      ] as const
  );
  return {
    needs: spec.needs ?? 'all',
    roles: Object.fromEntries(roles),
    expires: spanWords(spec.expires),
    onExpiry: spec.onExpiry,
  };
}
