import type { BlackoutDocument, PlanDocument, ScheduleDocument } from '../document/plan-document.js';
import { parseDays } from '../document/schedule.js';
import { parseHours } from '../language/hours.js';
import { endOf, parseMoment, wallText } from '../language/moment.js';
import { sure } from '../language/understood.js';
import { parseWeekdays } from '../language/weekdays.js';
import type { Blackout, OnFreeze, Phase, Schedule } from '../model.js';
import { withoutUndefined } from './criteria.js';

/** What a phase says of its schedule, and the plan for all of them; without anything to heed there is none. */
export function freezeSchedule(
  own: ScheduleDocument | undefined,
  common: PlanDocument['schedule']
): Pick<Phase, 'schedule'> {
  const { week, days, ...times } = { ...common, ...own };
  const schedule: Schedule = {
    ...(week === undefined || days === undefined ? {} : { week, days: sure(parseDays(String(days))) }),
    ...withoutUndefined({
      hours: hoursOf(times.hours),
      weekdays: weekdaysOf(times.weekdays),
      timeZone: times['time-zone'],
      onFreeze: unlessFinish(times['on-freeze']),
      onHoursEnd: unlessFinish(times['on-hours-end']),
    }),
  };
  const heeds = Object.keys(schedule).some((key) => key !== 'timeZone');
  return heeds ? { schedule } : {};
}

export function freezeBlackout({ from, to = from, reason, 'time-zone': timeZone }: BlackoutDocument): Blackout {
  const [begin, end] = [sure(parseMoment(from)), sure(parseMoment(to))];
  return { from: wallText(begin.wall), to: wallText(endOf(end)), reason, ...withoutUndefined({ timeZone }) };
}

/** The whole day is no condition. */
function hoursOf(text: string | undefined): Schedule['hours'] {
  const hours = text === undefined ? undefined : sure(parseHours(text));
  return hours?.from === 0 && hours.to === 1440 ? undefined : hours;
}

/** Nor is the whole week. */
function weekdaysOf(text: string | undefined): Schedule['weekdays'] {
  const days = text === undefined ? undefined : sure(parseWeekdays(text));
  return days?.length === 7 ? undefined : days;
}

function unlessFinish(policy: OnFreeze | undefined): Schedule['onFreeze'] {
  return policy === 'finish' ? undefined : policy;
}
