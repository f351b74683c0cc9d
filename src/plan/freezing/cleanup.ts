import { parseSpread } from '../document/cleanup.js';
import type { CleanupDocument, CleanupGroupDocument, CleanupTaskDocument } from '../document/plan-document.js';
import { formatDuration, parseDuration } from '../language/duration.js';
import { sure } from '../language/understood.js';
import type { AskedKpi, Cleanup, CleanupGroup, CleanupTask, Kpi, WindowSpec } from '../model.js';
import type { Context } from './checks.js';
import type { Clock } from './clock.js';
import { freezeCriterion } from './criteria.js';
import { defaultEvery } from '../window-defaults.js';
import { freezeWindow, plainOptions } from './windows.js';

/** What a plan without a clean-up of its own gets for the KPIs that people must answer for. */
const onlyKpis: CleanupDocument = { title: 'Clean-up', 'remind-every': '7d', groups: [] };

/** The tasks after the run, in the time of the environment; with the KPIs that somebody is asked about. */
export function freezeCleanup(
  document: CleanupDocument | undefined,
  kpis: readonly Kpi[],
  context: Context
): Cleanup | undefined {
  const { clock } = context;
  const asked = kpis.filter((kpi) => kpi.kind === 'asked');
  if (!document && asked.length === 0) return undefined;
  const { title, escalate, groups, 'remind-every': remindEvery } = document ?? onlyKpis;
  return {
    title,
    remindEvery: clock.forPeople(remindEvery),
    ...(escalate ? { escalate: { after: clock.forPeople(escalate.after), to: escalate.to } } : {}),
    groups: [...groups.map((group) => freezeGroup(group, context)), ...kpiGroups(asked, clock)],
  };
}

/** The KPIs that are due at the same time are one group. */
function kpiGroups(asked: readonly AskedKpi[], clock: Clock): CleanupGroup[] {
  const groups = new Map<string, CleanupGroup>();
  for (const { id, title, target, by, due } of asked) {
    const { unit, at } = due;
    const key = `kpis-${unit}-${at}`;
    const group = groups.get(key) ?? {
      id: key,
      title: `KPIs of ${unit} ${at}`,
      schedule: { unit, from: at, to: at },
      length: clock.forPeople(`${daysOf[unit]}d`),
      tasks: [],
    };
    const words = `${title}: ${target}`;
    group.tasks.push({ kind: 'kpi', id, title: words, owner: by, notApplicable: false, evidence: 'required', target });
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Only for compressed time, which knows no calendar: a month is 30 days there. */
const daysOf = { week: 7, month: 30 } as const;

function freezeGroup({ id, title, schedule, tasks }: CleanupGroupDocument, context: Context): CleanupGroup {
  const unit = schedule.weeks === undefined ? 'month' : 'week';
  const [from, to] = sure(parseSpread(String(schedule.weeks ?? schedule.months)));
  return {
    id,
    title,
    schedule: { unit, from, to },
    length: context.clock.forPeople(`${(to - from + 1) * daysOf[unit]}d`),
    tasks: tasks.map((task) => freezeTask(task, context)),
  };
}

function freezeTask({ task, 'remove-flags': removal }: CleanupTaskDocument, context: Context): CleanupTask {
  if (task) {
    const { 'not-applicable': notApplicable, ...rest } = task;
    return { kind: 'task', ...rest, notApplicable };
  }
  if (!removal) throw new Error('unchecked clean-up task');
  const { id, title, owner, keys, 'not-applicable': notApplicable } = removal;
  return {
    kind: 'remove-flags',
    id,
    title,
    owner,
    notApplicable,
    evidence: 'optional',
    keys,
    unread: lookBack(removal.unread, removal['safe-for'], context),
  };
}

/** A counter says what happened between two looks, so that a week needs no fine grid. */
const looks = 168;

/** Over a little after it has reached the present: so much may be missing that is made up for by waiting. */
function lookBack(metric: string, length: string, { clock, metrics }: Context): WindowSpec {
  const criterion = freezeCriterion(`${metric} == 0`, metrics);
  const lengthMs = sure(parseDuration(length));
  const every = formatDuration(Math.max(defaultEvery(lengthMs), Math.ceil(lengthMs / looks)));
  const window = freezeWindow(clock, 'long', length, { ...plainOptions, every }, [criterion]);
  const ms = Math.ceil(window.length.ms / window.coverage);
  return { ...window, deadline: { ...window.length, ms } };
}
