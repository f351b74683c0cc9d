import { parseDays } from '../document/schedule.js';
import { parseDuration } from '../language/duration.js';
import type { PhaseDocument } from '../document/plan-document.js';
import type { Loose } from '../loading/loose.js';
import { counted } from '../text/spans.js';
import { ancestors, dependencies } from './order.js';
import type { PlanRule } from './rule.js';
import { phasesOf } from './walk.js';
import type { PhaseAt } from './walk.js';

const dayMs = 24 * 60 * 60 * 1000;

/** The days of a phase, counted through the weeks of the run: day 1 of week 2 is 8. */
interface Days {
  first: number;
  last: number;
}

/** What a phase waits for after another one has made its last start: its soak, and a time of stability. */
interface Lag {
  of: string;
  days: Days;
  ms: number;
  why: string[];
}

/**
 * The days of phases that wait for each other leave time for it: what can never be met is an error, what fails when an
 * earlier phase takes all of its days a warning. Only days count here: how long phases take, nobody knows.
 */
export const dayRules: PlanRule = (plan, report) => {
  const phases = phasesOf(plan);
  const after = dependencies((plan.phases ?? []).map((phase) => phase ?? {}));
  const byId = new Map(phases.map((phase) => [phase.value.id, phase]));
  for (const phase of phases) {
    const { id } = phase.value;
    const days = daysOf(phase.value);
    if (id === undefined || !days) continue;
    const path = [...phase.path, 'schedule', 'days'];
    const lags = [...ancestors(id, after)].flatMap((before) => lagsOf(phase, byId.get(before)));
    const latest = (lag: Lag): number => lag.days.last * dayMs + lag.ms;
    const [worst] = lags.toSorted((a, b) => latest(b) - latest(a));
    const ahead = lags.find((lag) => lag.days.first > days.last);
    const never = lags.find((lag) => (lag.days.first - 1) * dayMs + lag.ms >= days.last * dayMs);
    if (ahead) {
      report(path, {
        code: 'PG118',
        message: `the days of ${id} (${daysWords(days)}) lie before those of ${ahead.of} (${daysWords(ahead.days)}), which it waits for`,
        hint: `let ${id} start no earlier than ${daysWords({ first: ahead.days.first, last: ahead.days.first })}`,
      });
    } else if (never) {
      report(path, {
        code: 'PG118',
        message: `${id} can never start on its days (${daysWords(days)}): ${never.of} starts on day ${never.days.first} at the soonest and then ${never.why.join(' and ')}`,
        hint: laterDays(id, days, never),
      });
    } else if (worst && worst.ms > 0 && latest(worst) >= days.last * dayMs) {
      report(path, {
        severity: 'warning',
        code: 'PG118',
        message: `${id} may come too late for its days: ${worst.of} may start until the end of day ${worst.days.last} and then ${worst.why.join(' and ')}, but the days of ${id} end with day ${days.last}`,
        hint: `${laterDays(id, days, worst)}${earlierDays(days, worst)}`,
      });
    }
  }
};

function lagsOf(phase: PhaseAt, before: PhaseAt | undefined): Lag[] {
  const days = before && daysOf(before.value);
  const id = before?.value.id;
  if (!days || id === undefined) return [];
  const soak = before.value.soak;
  const waits = [
    { text: typeof soak === 'string' ? soak : soak?.for, as: 'soaks for' },
    { text: stableFor(phase.value, id), as: 'must be stable for' },
  ].flatMap(({ text, as }) => {
    const parsed = text === undefined ? undefined : parseDuration(text);
    return parsed?.ok ? [{ ms: parsed.value, why: `${as} ${text}` }] : [];
  });
  return [{ of: id, days, ms: waits.reduce((sum, { ms }) => sum + ms, 0), why: waits.map(({ why }) => why) }];
}

/** The longest stability of another phase that a phase asks for. */
function stableFor({ before }: Loose<PhaseDocument>, id: string): string | undefined {
  const asked = (before ?? []).flatMap((item) => {
    const { stable } = item?.check ?? {};
    const ms = stable?.for !== undefined && stable.phases?.includes(id) ? parseDuration(stable.for) : undefined;
    return ms?.ok ? [{ text: stable?.for, ms: ms.value }] : [];
  });
  return asked.toSorted((a, b) => b.ms - a.ms)[0]?.text;
}

function daysOf({ schedule }: Loose<PhaseDocument>): Days | undefined {
  const { week, days } = schedule ?? {};
  if (week === undefined || days === undefined) return undefined;
  const parsed = parseDays(String(days));
  if (!parsed.ok) return undefined;
  const [first, last] = parsed.value.map((one) => (week - 1) * 7 + one);
  return { first: first ?? 0, last: last ?? 0 };
}

/** Days that are long enough even when the phase before takes all of its own. */
function laterDays(id: string, { first, last }: Days, lag: Lag): string {
  const needed = Math.floor((lag.days.last * dayMs + lag.ms) / dayMs) + 1;
  const sameWeek = weekOf(first) === weekOf(needed);
  const days = { first: sameWeek ? first : (weekOf(needed) - 1) * 7 + 1, last: needed };
  return sameWeek
    ? `give ${id} ${counted(needed - last, 'day')} more: ${daysYaml(days)}`
    : `let ${id} start later: ${daysYaml(days)}`;
}

function earlierDays({ last }: Days, lag: Lag): string {
  const until = Math.ceil((last * dayMs - lag.ms) / dayMs) - 1;
  if (until < lag.days.first) return '';
  return `, or ${lag.of} fewer: ${daysYaml({ first: lag.days.first, last: until })}`;
}

function weekOf(day: number): number {
  return Math.floor((day - 1) / 7) + 1;
}

function inWeek({ first, last }: Days): string {
  const [from, to] = [first, last].map((day) => ((day - 1) % 7) + 1);
  return from === to ? `${from}` : `${from}-${to}`;
}

function daysWords(days: Days): string {
  return `week ${weekOf(days.first)}, ${days.first === days.last ? 'day' : 'days'} ${inWeek(days)}`;
}

function daysYaml(days: Days): string {
  return `{ week: ${weekOf(days.first)}, days: ${inWeek(days)} }`;
}
