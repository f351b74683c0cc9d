import type { BlackoutDocument, ScheduleDocument } from '../document/plan-document.js';
import { endOf, parseMoment } from '../language/moment.js';
import type { Moment } from '../language/moment.js';
import type { Path } from '../loading/fault.js';
import type { Loose } from '../loading/loose.js';
import type { PlanRule, Report } from './rule.js';
import { listOf, phasesOf } from './walk.js';

/** Schedules say whole things, and blackouts end after they begin. */
export const scheduleRules: PlanRule = (plan, report) => {
  const common = plan.schedule;
  if (common) hoursThatEnd(common, common, ['schedule'], report);
  for (const { path, value } of phasesOf(plan)) {
    if (!value.schedule) continue;
    const at = [...path, 'schedule'];
    daysOfAWeek(value.schedule, at, report);
    hoursThatEnd(value.schedule, { ...common, ...value.schedule }, at, report);
  }
  blackoutFaults(plan.blackouts, report);
};

/** @param blackouts at the top of a plan or an environment */
export function blackoutFaults(
  blackouts: ReadonlyArray<Loose<BlackoutDocument> | undefined> | undefined,
  report: Report
): void {
  for (const { path, value } of listOf<BlackoutDocument>(blackouts, ['blackouts'])) {
    const from = momentOf(value.from);
    if (!from) continue;
    if (!('to' in value)) {
      if (from.whole) continue;
      const hint = 'write to as well, or only the day to close the whole of it';
      report([...path, 'from'], { code: 'PG103', message: 'this says when it begins, but not when it ends', hint });
      continue;
    }
    const to = momentOf(value.to);
    if (!to || endOf(to) > from.wall) continue;
    report([...path, 'to'], {
      code: 'PG118',
      message: `it ends (${value.to ?? ''}) before it begins (${value.from ?? ''})`,
      hint: 'write the first day or time under from, and the last under to',
    });
  }
}

function momentOf(text: string | undefined): Moment | undefined {
  const read = text === undefined ? undefined : parseMoment(text);
  return read?.ok ? read.value : undefined;
}

function daysOfAWeek(schedule: Loose<ScheduleDocument>, path: Path, report: Report): void {
  const has = (key: string): boolean => key in schedule;
  if (has('days') && !has('week')) {
    report([...path, 'days'], { code: 'PG103', message: 'days of which week?', hint: 'add week: 1', at: 'key' });
  }
  if (has('week') && !has('days')) {
    const message = 'a week needs the days on which the phase may start';
    report([...path, 'week'], { code: 'PG103', message, hint: 'add days: 1-7 for all of it', at: 'key' });
  }
}

function hoursThatEnd(
  own: Loose<Pick<ScheduleDocument, 'on-hours-end'>>,
  whole: Loose<Omit<ScheduleDocument, 'week' | 'days'>>,
  path: Path,
  report: Report
): void {
  if (own['on-hours-end'] === undefined || 'hours' in whole || 'weekdays' in whole) return;
  report([...path, 'on-hours-end'], {
    code: 'PG103',
    message: 'there are no hours that could end',
    hint: 'add hours: 20:00-06:00, or leave it out',
    at: 'key',
  });
}
