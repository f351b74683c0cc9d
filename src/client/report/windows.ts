import type { WindowHeartbeat } from '../../activities/contract.js';
import type { EvidenceTexts } from '../../plan/evidence-request.js';
import { courseOf, type CoursePoint, type CriterionCourse } from '../../plan/judge/course.js';
import { limitsOf } from '../../plan/judge/measure.js';
import { startWindow, type WindowState } from '../../plan/judge.js';
import type { Sample, Verdict } from '../../plan/judge-types.js';
import type { Metric, Phase, Unit, WindowSpec } from '../../plan/model.js';
import type { EvidenceRef } from '../../plan/run-facts.js';
import type { PhaseStatus, StepRecord } from '../../plan/run-status.js';
import { windowKinds, type WindowManifest } from '../../plan/window-manifest.js';
import { reasonOf } from '../connection/failures.js';
import type { RunSnapshot } from '../read/snapshot.js';
import { withCleanup } from './with-cleanup.js';

/** Reads stored documents; one that cannot be read says why. */
export type ReadDocuments = (refs: readonly EvidenceRef[]) => Promise<EvidenceTexts>;

/** A line that values are compared with. `text` is how the plan writes it. */
export interface ReportedBound {
  name: 'criterion' | 'target' | 'warning' | 'critical' | 'baseline';
  /** Canonical units. */
  value: number;
  text: string;
}

/** What one criterion made of a window's samples. */
export interface ReportedCriterion {
  /** As the plan writes it. */
  text: string;
  metric: string;
  /** What the metric is, in the plan's words. */
  description: string;
  unit: Unit;
  bounds: ReportedBound[];
  points: CoursePoint[];
}

/** A window with the samples that its verdict was computed from. */
export interface ReportedWindow {
  /** Of the step; a traffic step has a window for each share. */
  address: string;
  /** Workflow id of the phase or rollback it belongs to. */
  workflowId: string;
  title: string;
  /** Epoch ms: the first instant of its grid. */
  t0: number;
  /** How long it is, as the plan says. */
  planned: string;
  /** As it was recorded; absent while it runs. */
  verdict?: Verdict;
  /** Computed again from these samples, just now. */
  judged?: Verdict;
  criteria: ReportedCriterion[];
  /** Digests of the documents that the samples come from; none for samples that are not stored yet. */
  evidence: string[];
}

/** A window of which the samples are not known here: it has no picture. */
export interface UnreadWindow extends Pick<ReportedWindow, 'address' | 'workflowId' | 'title'> {
  /** Why. */
  problem: string;
}

interface Owner {
  workflowId: string;
  steps: readonly StepRecord[];
  /** Absent for rollbacks. */
  status?: PhaseStatus;
}

/** A stretch of a window's samples, as one activity took them. */
interface Part {
  spec: WindowSpec;
  t0: number;
  /** Before its first sample; absent where it goes on from the part before. */
  from?: WindowState;
  chunks: EvidenceRef[];
  samples: Sample[];
  verdict?: Verdict;
  digest?: string;
}

/** Every window of a run, of those under way what was sampled so far. Each is judged again from what was read. */
export async function readWindows(
  snapshot: RunSnapshot,
  read: ReadDocuments
): Promise<Array<ReportedWindow | UnreadWindow>> {
  const owners: Owner[] = [
    ...withCleanup(snapshot).phases.map((status) => ({ workflowId: status.workflowId, steps: status.steps, status })),
    ...snapshot.rollbacks.map(({ workflowId, checks }) => ({ workflowId, steps: checks })),
  ];
  const steps = owners.flatMap((owner) => owner.steps.filter(watches).map((step) => ({ owner, step })));
  const manifests = await read(steps.flatMap(({ step }) => step.evidence ?? []));
  const begun = steps.map(({ owner, step }) => ({ owner, step, parts: partsOf(snapshot, owner, step, manifests) }));
  const chunks = await read(begun.flatMap(({ parts }) => (Array.isArray(parts) ? parts.flatMap((p) => p.chunks) : [])));
  return begun.flatMap(({ owner, step, parts }) => {
    const { address, title } = step;
    const name = { address, workflowId: owner.workflowId, title };
    if (!Array.isArray(parts)) return [{ ...name, problem: parts.problem }];
    return byWindow(parts).map((window) => {
      try {
        return { ...name, ...told(window, chunks, snapshot.frozen.plan.metrics) };
      } catch (error) {
        return { ...name, problem: reasonOf(error) };
      }
    });
  });
}

/** A step that watched metrics for a time, and began to. */
function watches({ kind, criteria, window, startedAt }: StepRecord): boolean {
  const isWindow = criteria !== undefined || window !== undefined || kind === 'watch' || kind === 'watchWindow';
  return isWindow && startedAt !== undefined;
}

function partsOf(
  snapshot: RunSnapshot,
  owner: Owner,
  step: StepRecord,
  texts: EvidenceTexts
): Part[] | { problem: string } {
  try {
    const stored = (step.evidence ?? []).flatMap((ref) => storedPart(ref, texts) ?? []);
    const live = snapshot.windows.find(
      ({ workflowId, heartbeat }) => workflowId === owner.workflowId && heartbeat.address === step.address
    );
    const parts = [...stored, ...(live ? [livePart(snapshot, owner, step, live.heartbeat, stored.at(-1))] : [])];
    if (parts.length > 0) return parts;
    return { problem: nothingOf(step) };
  } catch (error) {
    return { problem: reasonOf(error) };
  }
}

function nothingOf({ endedAt, evidence = [], reason = '' }: StepRecord): string {
  if (endedAt === undefined) return 'no sample is known yet';
  return evidence.length > 0 ? 'its evidence holds no samples' : `it ended without evidence: ${reason}`;
}

/** Undefined for evidence of another kind, such as that of a change. */
function storedPart(ref: EvidenceRef, texts: EvidenceTexts): Part | undefined {
  const { kind, document } = parsed(ref, texts);
  if (kind !== windowKinds.manifest) return undefined;
  const { spec, from, chunks, samples, verdict } = document as WindowManifest;
  return { spec, t0: from.t0, from, chunks, samples, digest: ref.digest, ...(verdict ? { verdict } : {}) };
}

/** What a window under way has told so far. Its heartbeat does not repeat what it began with. */
function livePart(
  { frozen }: RunSnapshot,
  { status }: Owner,
  step: StepRecord,
  { state, chunks, pending }: WindowHeartbeat,
  before: Part | undefined
): Part {
  const phase = frozen.plan.phases.find((one) => one.id === status?.phase);
  const spec = before?.spec ?? (phase && specOf(phase, step.id)) ?? (status ? undefined : frozen.plan.rollback.window);
  if (!spec) throw new Error('the plan has no such window');
  const { t0 } = state;
  // It goes on after a HOLD.
  if (before?.t0 === t0) return { spec, t0, chunks, samples: pending };
  const ownBase = state.criteria.some(({ counter }) => counter?.fromFirst === true);
  const from = startWindow(spec, t0, status?.baseline?.values, { sinceChange: state.sinceChange, ownBase });
  return { spec, t0, from, chunks, samples: pending };
}

function specOf(phase: Phase, id: string): WindowSpec | undefined {
  if (id === 'success') return phase.success;
  if (id === 'soak') return phase.soak;
  const step = [...phase.before, ...phase.steps, ...phase.successChecks].find((one) => one.id === id);
  if (step?.kind === 'watch') return step.window;
  if (step?.kind === 'traffic') return step.hold;
  return step?.kind === 'check' && step.check.type === 'stable' ? step.check.window : undefined;
}

/** Parts that lie on one grid are one window, which went on after a HOLD. */
function byWindow(parts: readonly Part[]): Part[][] {
  const windows = new Map<number, Part[]>();
  for (const part of parts) windows.set(part.t0, [...(windows.get(part.t0) ?? []), part]);
  return [...windows.values()];
}

type Told = Omit<ReportedWindow, 'address' | 'workflowId' | 'title'>;

/** @throws Error when samples are missing, or are not those of the window */
function told(parts: readonly Part[], chunks: EvidenceTexts, metrics: Readonly<Record<string, Metric>>): Told {
  const [first] = parts;
  const last = parts.at(-1);
  if (!first || !last) throw new Error('it has no samples');
  const courses: Array<ReturnType<typeof courseOf>> = [];
  for (const { spec, from, chunks: refs, samples } of parts) {
    const stored = refs.flatMap((ref) => (parsed(ref, chunks).document as { samples: Sample[] }).samples);
    const begin = from ?? courses.at(-1)?.state;
    if (!begin) throw new Error('nobody knows how it began');
    courses.push(courseOf(spec, begin, [...stored, ...samples]));
  }
  const judged = courses.at(-1)?.state.verdict;
  return {
    t0: first.t0,
    planned: (first.spec.throughout ? first.spec.deadline : first.spec.length).planned,
    ...(last.verdict ? { verdict: last.verdict } : {}),
    ...(judged ? { judged } : {}),
    criteria: (courses[0]?.criteria ?? []).map((course, index) => ({
      ...described(course, metrics),
      points: courses.flatMap(({ criteria }) => criteria[index]?.points ?? []),
    })),
    evidence: parts.flatMap(({ digest, chunks: refs }) => [...(digest ? [digest] : []), ...refs.map((r) => r.digest)]),
  };
}

function described(
  { criterion, baseline }: CriterionCourse,
  metrics: Readonly<Record<string, Metric>>
): Omit<ReportedCriterion, 'points'> {
  const { text, metric, unit, bound } = criterion;
  const declared = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
  const bounds: ReportedBound[] = [];
  const add = (name: ReportedBound['name'], value: number | undefined, words: string): void => {
    if (value !== undefined) bounds.push({ name, value, text: words });
  };
  add('criterion', bound?.value, bound?.text ?? '');
  add('baseline', baseline, 'baseline');
  for (const edge of baseline === undefined || !criterion.baseline ? [] : limitsOf(criterion.baseline, baseline))
    add('criterion', edge.value, edge.text);
  for (const name of ['target', 'warning', 'critical'] as const)
    add(name, declared?.[name]?.value, declared?.[name]?.text ?? '');
  return { text, metric, description: declared?.description ?? metric, unit, bounds };
}

function parsed({ digest }: EvidenceRef, texts: EvidenceTexts): { kind?: unknown; document: unknown } {
  const found = texts[digest];
  if (!found) throw new Error(`evidence ${digest} was not read`);
  if ('problem' in found) throw new Error(`evidence ${digest.slice(0, 19)} cannot be read: ${found.problem}`);
  return JSON.parse(found.text) as { kind?: unknown; document: unknown };
}
