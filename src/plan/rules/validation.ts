import { formatDuration, parseDuration } from '../language/duration.js';
import { sure } from '../language/understood.js';
import type { Path } from '../loading/fault.js';
import { defaultEvery, minSamples, shortestEvery } from '../window-defaults.js';
import { unknownMetric } from './criteria.js';
import type { LoosePlan, PlanRule, Report } from './rule.js';
import { stageItemsOf, stagesOf } from './walk.js';
import type { StageAt } from './walk.js';

/** Stages follow each other, have time for what they watch, and leave what fails to people. */
export const validationRules: PlanRule = (plan, report) => {
  let before: { id: string; to: number; text: string } | undefined;
  for (const stage of stagesOf(plan)) {
    const { id = '', from, to } = stage.value;
    const times = from === undefined || to === undefined ? undefined : { from: ms(from), to: ms(to) };
    if (times && times.to <= times.from) {
      report([...stage.path, 'to'], {
        code: 'PG111',
        message: `the stage ends (${to}) before it begins (${from})`,
        hint: `write a time after ${from}`,
      });
      continue;
    }
    if (times && before && times.from < before.to) {
      report([...stage.path, 'from'], {
        code: 'PG111',
        message: `the stage begins (${from}) while ${before.id} is under way, which ends at ${before.text}`,
        hint: `write from: ${before.text}`,
      });
    }
    if (times) before = { id, to: times.to, text: to ?? '' };
    for (const item of stageItemsOf(stage)) checkItem(plan, item, times, report);
  }
};

function checkItem(
  plan: LoosePlan,
  { path, value: { check, attest, watch, baseline } }: ReturnType<typeof stageItemsOf>[number],
  times: { from: number; to: number } | undefined,
  report: Report
): void {
  for (const [kind, item] of Object.entries({ check, attest })) {
    if (item?.['on-fail'] === 'rollback') {
      report([...path, kind, 'on-fail'], {
        code: 'PG111',
        message: 'what fails in a stage of the validation is decided by people',
        hint: 'leave on-fail out: they mend it and try again, waive it, or take everything back',
      });
    }
  }
  if (check?.metric !== undefined || check?.stable) {
    report([...path, 'check', check.stable ? 'stable' : 'metric'], {
      code: 'PG111',
      message: 'one reading says nothing of a stage',
      hint: 'write a watch item: its criteria are watched from the beginning of the stage to its end',
      at: 'key',
    });
  }
  if (watch && times) checkWatch(watch, [...path, 'watch'], times.to - times.from, report);
  (baseline?.metrics ?? []).forEach((name, index) => {
    if (name !== undefined && !plan.metrics?.[name])
      unknownMetric(plan, name, [...path, 'baseline', 'metrics', index], report);
  });
}

type Watch = NonNullable<NonNullable<StageAt['value']['items']>[number]>['watch'];

function checkWatch(watch: NonNullable<Watch>, path: Path, lasts: number, report: Report): void {
  const length = ms(watch.for ?? '30m');
  if (length > lasts) {
    report([...path, 'for'], {
      code: 'PG110',
      message: `${watch.for ?? '30m'} is longer than the stage, which lasts ${formatDuration(lasts)}`,
      hint: `write at most ${formatDuration(lasts)}`,
    });
    return;
  }
  const every = watch.every === undefined ? defaultEvery(lasts) : ms(watch.every);
  const most = Math.floor(length / minSamples.hold / 1000) * 1000;
  if (every >= shortestEvery && length / every >= minSamples.hold) return;
  report(watch.every === undefined ? path : [...path, 'every'], {
    code: 'PG110',
    message: `a sample every ${formatDuration(every)} does not suit criteria that are judged over ${formatDuration(length)}`,
    hint: `write every: ${formatDuration(Math.max(shortestEvery, most))} or at least 1s`,
  });
}

function ms(text: string): number {
  return sure(parseDuration(text));
}
