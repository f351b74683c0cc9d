import type { FrozenPlan, Phase } from '../../plan/model.js';
import type { PhaseStatus, PhaseSummary, StepRecord } from '../../plan/run-status.js';
import { joinRoles } from '../../plan/quorum.js';
import { spanText } from '../../plan/text/spans.js';
import { currentPhase } from '../read/effective-state.js';
import type { LiveWindow, RunSnapshot } from '../read/snapshot.js';
import { symbolOf, toneOf, type AnyState } from '../render/states.js';
import { untilText } from '../render/time.js';
import { hanging, pad } from '../render/width.js';
import { awaitedLines, failureText } from './awaited-lines.js';
import { checklistLines, troubled } from './checklist-lines.js';
import { keep, line, type Line } from './line.js';
import { troubleLines } from './trouble-lines.js';
import { criterionLines, deadlineLines, windowProgress } from './window-lines.js';
import { windowOf } from './window-of.js';
import type { View } from './view.js';

const indent = '    ';
/** Titles are padded to this, so that what follows them stands in a column. */
const titleColumns = 64;

/** Phases in their order: ended ones folded to a line, the current one with its steps, the others by name. */
export function phaseLines(snapshot: RunSnapshot, view: View): Line[] {
  const { run, frozen, phases } = snapshot;
  const current = currentPhase(snapshot);
  const widest = Math.min(48, Math.max(...run.phases.map((phase) => phase.id.length + phase.title.length + 2)));
  return run.phases.flatMap((summary) => {
    const status = phases.find((phase) => phase.phase === summary.id);
    const head = phaseLine(summary, status, widest, view);
    if (!status || status !== current) return [head];
    const phase = frozen.plan.phases.find((one) => one.id === summary.id);
    return [head, ...(phase ? stepLines(phase, status, snapshot, view) : [])];
  });
}

function phaseLine(summary: PhaseSummary, status: PhaseStatus | undefined, widest: number, view: View): Line {
  const state: AnyState = status && summary.state === 'running' ? status.state : summary.state;
  const { paint, now } = view;
  const name = pad(`${summary.id}  ${summary.title}`, widest);
  if (state === 'pending') return line(paint('dim', `· ${name.trimEnd()}`), keep.upcoming);
  const time = summary.startedAt === undefined ? '' : spanText((summary.endedAt ?? now) - summary.startedAt);
  const reason =
    summary.reason !== undefined && state !== 'completed' ? paint(toneOf(state), `  ${summary.reason}`) : '';
  return line(
    `${symbolOf(state, paint)} ${name}  ${paint(toneOf(state), pad(state, 12))}  ${paint('dim', time)}${reason}`
  );
}

function stepLines(phase: Phase, status: PhaseStatus, snapshot: RunSnapshot, view: View): Line[] {
  const before = status.steps.filter((step) => step.part === 'before');
  const rest = status.steps.filter((step) => step.part !== 'before');
  const windows = snapshot.windows.filter((window) => window.workflowId === status.workflowId);
  if (phase.checklists) {
    const shown = [...troubled(phase, status), ...rest];
    return [
      ...openingLines(status, view),
      ...endingLines(status, view),
      ...checklistLines(phase.checklists, status, view),
      ...shown.flatMap((step) => stepLine(phase, step, windows, snapshot.frozen, view)),
      ...troubleLines(snapshot, status.workflowId, view),
    ];
  }
  return [
    ...openingLines(status, view),
    ...beforeLines(phase, before, rest.length > 0, windows, snapshot.frozen, view),
    ...rest.flatMap((step) => stepLine(phase, step, windows, snapshot.frozen, view)),
    ...(status.state === 'rolling back' ? [] : upcomingLines(phase, status.steps, snapshot.frozen, view)),
    ...troubleLines(snapshot, status.workflowId, view),
  ];
}

function openingLines(status: PhaseStatus, view: View): Line[] {
  if (status.opensAt === undefined || status.opensAt <= view.now) return [];
  const { opensAt, opening } = status;
  const words = opening
    ? `${opening}, in ${spanText(opensAt - view.now)}`
    : `for its time to begin ${untilText(opensAt, view.now)}`;
  return hanging(`${indent}◷ waits `, words, view.columns).map((text) => line(view.paint('warn', text)));
}

function endingLines({ endsAt }: PhaseStatus, view: View): Line[] {
  if (endsAt === undefined || endsAt <= view.now) return [];
  return [line(`${indent}${view.paint('dim', `watched ${untilText(endsAt, view.now)}`)}`)];
}

/** The checklist before a phase is one line as soon as it is behind. */
function beforeLines(
  phase: Phase,
  before: readonly StepRecord[],
  done: boolean,
  windows: readonly LiveWindow[],
  frozen: FrozenPlan,
  view: View
): Line[] {
  const latest = before.filter((step, index) => before.findLastIndex((one) => one.id === step.id) === index);
  const good = latest.filter((step) => step.state === 'passed' || step.state === 'waived');
  if (latest.length === 0) return [];
  if (done || (good.length === latest.length && good.length === phase.before.length && good.length > 0)) {
    const waived = latest.filter((step) => step.state === 'waived').length;
    const state = waived > 0 ? 'waived' : 'passed';
    const count = `${good.length} of ${latest.length} passed${waived > 0 ? `, ${waived} of them waived` : ''}`;
    return [line(`${indent}${symbolOf(state, view.paint)} before the first change: ${count}`, keep.passed)];
  }
  return latest.flatMap((step) => stepLine(phase, step, windows, frozen, view));
}

function stepLine(
  phase: Phase,
  step: StepRecord,
  windows: readonly LiveWindow[],
  frozen: FrozenPlan,
  view: View
): Line[] {
  const { paint, now } = view;
  const spec = windowOf(phase, step);
  const live = windows.find((window) => window.heartbeat.address === step.address);
  const running = step.state === 'running';
  const attempt = /#([2-9]\d*|1\d+)$/.exec(step.address)?.[1];
  const title = `${step.title}${attempt === undefined ? '' : ` (attempt ${attempt})`}`;
  const took = step.startedAt === undefined ? '' : spanText((step.endedAt ?? now) - step.startedAt);
  if (running && spec && step.window) {
    const at = step.reason?.startsWith('at ') ? ` ${step.reason}` : '';
    const head = `${indent}${symbolOf(step.state, paint)} ${title}${at}`;
    const progress = `${indent}  ${windowProgress(step, spec, live, view)}`;
    return [
      line(head, keep.current),
      line(progress, keep.current),
      ...deadlineLines(step, thenText(phase, step), view, `${indent}  `),
      ...(live ? criterionLines(spec, live, view, `${indent}  `) : []),
    ];
  }
  const ended = step.state === 'passed';
  const reason = ended || step.reason === undefined ? [] : hanging(`${indent}  `, step.reason, view.columns);
  const text = `${indent}${symbolOf(step.state, paint)} ${pad(title, titleColumns)} ${ended ? paint('dim', took) : `${paint(toneOf(step.state), step.state)} ${paint('dim', took)}`}`;
  return [
    line(text, ended ? keep.passed : keep.current),
    ...reason.map((part) => line(paint(toneOf(step.state), part), keep.detail)),
    ...(running ? awaitedLines(phase, step, frozen, view, `${indent}  `) : []),
  ];
}

/** What happens when the deadline of a window comes and it has not passed. */
function thenText(phase: Phase, step: StepRecord): string {
  const item = [...phase.before, ...phase.steps, ...phase.successChecks].find((one) => one.id === step.id);
  const failed = failureText(phase, item);
  return failed === 'it is on hold' ? failed : `it fails and ${failed}`;
}

/** What is still to come in this phase, by title. */
function upcomingLines(phase: Phase, begun: readonly StepRecord[], frozen: FrozenPlan, view: View): Line[] {
  const ids = new Set(begun.map((step) => step.id));
  const titles = [...phase.before, ...phase.steps].filter((step) => !ids.has(step.id)).map((step) => step.title);
  if (phase.success && !ids.has('success')) titles.push(`success criteria for ${phase.success.length.planned}`);
  titles.push(...phase.successChecks.filter((item) => !ids.has(item.id)).map((item) => item.title));
  if (phase.approval && !ids.has('approval')) {
    const roles = Object.entries(phase.approval.roles).map(
      ([role, count]) => `${count} ${frozen.plan.roles[role] ?? role}`
    );
    titles.push(`approval by ${joinRoles(phase.approval, roles)}`);
  }
  if (phase.soak && !ids.has('soak')) titles.push(`soak for ${phase.soak.length.planned}`);
  if (titles.length === 0) return [];
  return [
    line(
      `${indent}${view.paint('dim', `· then: ${titles.slice(0, 3).join(' · ')}${titles.length > 3 ? ` · and ${titles.length - 3} more` : ''}`)}`,
      keep.upcoming
    ),
  ];
}
