import type { StageDocument, ValidationDocument } from '../document/plan-document.js';
import { formatDuration, parseDuration } from '../language/duration.js';
import { sure } from '../language/understood.js';
import type { BeforeItem, Phase, TimeSpan, WindowSpec } from '../model.js';
import { defaultEvery, minSamples } from '../window-defaults.js';
import { freezeApproval } from './approval.js';
import { freezeItem } from './checks.js';
import type { Context } from './checks.js';
import type { Clock } from './clock.js';
import { freezeCriteria } from './criteria.js';
import { freezeWindow } from './windows.js';

/** The stages of the validation, each a phase of its own after the one before it. */
export function freezeValidation(document: ValidationDocument | undefined, last: string, given: Context): Phase[] {
  if (!document) return [];
  const context: Context = { ...given, onFail: 'hold' };
  const { 'rollback-approval': approval, stages } = document;
  const rollbackApproval = approval && freezeApproval(approval, context.clock, 'hold');
  const times = stageTimes(stages, context.clock);
  return stages.map((stage, index) => {
    const items = stage.items.map((item) => freezeStageItem(item, stage, context));
    const { from, lasts } = times[index] ?? { from: 0, lasts: { ms: 0, planned: '0s' } };
    return {
      id: stage.id,
      title: stage.title,
      checklists: [{ id: stage.id, title: stage.title, items: items.map(({ id }) => id) }],
      stage: {
        since: last,
        from: { ms: from, planned: stage.from },
        to: { ms: from + lasts.ms, planned: stage.to },
        repeatEvery: context.clock.within(lasts, stage['repeat-every']),
        ...(rollbackApproval ? { rollbackApproval } : {}),
      },
      after: [stages[index - 1]?.id ?? last],
      before: items,
      steps: [],
      successChecks: [],
    };
  });
}

/** Cut waits would make stages fall together, so each begins where the one before it really ends. */
function stageTimes(stages: readonly StageDocument[], clock: Clock): Array<{ from: number; lasts: TimeSpan }> {
  let ends = { ms: 0, plannedMs: 0 };
  return stages.map((stage) => {
    const gap = toMs(stage.from) - ends.plannedMs;
    const from = ends.ms + (gap > 0 ? clock.wait(formatDuration(gap)).ms : 0);
    const lasts = lengthOf(stage, clock);
    ends = { ms: from + lasts.ms, plannedMs: toMs(stage.to) };
    return { from, lasts };
  });
}

function lengthOf({ from, to }: StageDocument, clock: Clock): TimeSpan {
  const length = formatDuration(toMs(to) - toMs(from));
  const every = formatDuration(defaultEvery(toMs(length)));
  return clock.window({ length, every, warmUp: '0s', deadline: length, samples: minSamples.window, long: true }).length;
}

function freezeStageItem(item: StageDocument['items'][number], stage: StageDocument, context: Context): BeforeItem {
  const { watch, baseline, ...others } = item;
  if (watch) {
    const { id, title } = watch;
    return { kind: 'watch', id, title, onFail: 'hold', window: freezeStageWindow(watch, stage, context) };
  }
  if (baseline) {
    const { id, title, metrics, over } = baseline;
    const whole = lengthOf(stage, context.clock);
    return { kind: 'baseline', id, title, onFail: 'hold', metrics, over: context.clock.within(whole, over) };
  }
  return freezeItem(others, context);
}

type Watch = NonNullable<StageDocument['items'][number]['watch']>;

function freezeStageWindow(watch: Watch, stage: StageDocument, { clock, metrics }: Context): WindowSpec {
  const whole = lengthOf(stage, clock);
  const options = { ...watch, every: watch.every ?? formatDuration(defaultEvery(toMs(whole.planned))) };
  const spec = freezeWindow(clock, 'long', whole.planned, options, freezeCriteria(watch.criteria, metrics));
  const length = clock.within(whole, watch.for);
  return {
    ...spec,
    // However short a stage is in compressed time, a single sample decides nothing.
    length: { ...length, ms: Math.min(whole.ms, Math.max(length.ms, minSamples.hold * spec.every.ms)) },
    deadline: whole,
    throughout: true,
  };
}

function toMs(text: string): number {
  return sure(parseDuration(text));
}
