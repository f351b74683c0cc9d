import { rulesOf, takesBackWhenCritical } from '../../plan/guard/pages.js';
import type { Environment, FrozenPlan, SeveritySpec } from '../../plan/model.js';
import { namesInRoles } from '../../plan/people.js';
import { ruleText } from '../../plan/text/causes.js';
import type { Paint } from '../render/paint.js';
import { hanging } from '../render/width.js';
import { spanWords } from './span-words.js';

/** Somebody who is told: a role or a group, and who or where that is here. */
export interface PreviewRecipient {
  name: string;
  people: string[];
  address?: string;
}

/** What watches beside the phases, whom it tells, and what makes an incident. */
export interface PreviewWatch {
  every: string;
  metrics: string[];
  /** Those that take everything back when they are critical. */
  takesBack: string[];
  /** Where alerts go without a route. */
  notify: string[];
  routes: Array<{
    level: 'critical' | 'warning';
    channels: string[];
    to: PreviewRecipient[];
    escalate: { after: string; to: PreviewRecipient[] };
  }>;
  severities: Array<{
    severity: number;
    title: string;
    respondWithin: string;
    /** `at once`, or how long nobody has acknowledged. */
    escalate: { after: string; to: PreviewRecipient[] };
    reach: SeveritySpec['reach'];
    /** Rules by which it opens by itself. */
    rules: string[];
    /** How many causes a person declares. */
    declared: number;
  }>;
}

/** Undefined where nothing is watched. */
export function previewWatch({ plan, environment }: FrozenPlan): PreviewWatch | undefined {
  const { guard, alerts, incidents } = plan;
  if (!guard) return undefined;
  const told = (names: readonly string[]): PreviewRecipient[] => names.map((name) => recipient(name, environment));
  return {
    every: spanWords(guard.every),
    metrics: guard.metrics,
    takesBack: guard.metrics.filter(
      (name) => plan.metrics[name]?.critical && takesBackWhenCritical(rulesOf(plan), name)
    ),
    notify: environment.notify.map(({ name }) => name),
    routes: (['critical', 'warning'] as const).flatMap((level) => {
      const route = alerts?.routes[level];
      if (!route) return [];
      const { channels, to, escalate } = route;
      return [{ level, channels, to: told(to), escalate: { after: spanWords(escalate.after), to: told(escalate.to) } }];
    }),
    severities: (incidents?.severities ?? []).map((one) => ({
      severity: one.severity,
      title: one.title,
      respondWithin: spanWords(one.respondWithin),
      escalate: {
        after: one.escalateAfter.ms === 0 ? 'at once' : spanWords(one.escalateAfter),
        to: told(one.escalateTo),
      },
      reach: one.reach,
      rules: one.causes.flatMap(({ when }) => (when ? [ruleText(when)] : [])),
      declared: one.causes.filter(({ when }) => !when).length,
    })),
  };
}

function recipient(name: string, { people, contacts }: Environment): PreviewRecipient {
  const address = contacts?.[name];
  return { name, people: namesInRoles(people, [name]), ...(address === undefined ? {} : { address }) };
}

const reaches: Readonly<Record<SeveritySpec['reach'], string>> = {
  all: 'takes everything back',
  component: 'a person may take the failing component back',
  none: 'takes nothing back',
};

/** The guard, who is alerted where, and the severities, in a few lines. */
export function watchBlock(watch: PreviewWatch | undefined, paint: Paint, columns: number): string[] {
  if (!watch) return [];
  const { every, metrics, takesBack, notify, routes, severities } = watch;
  const list = (head: string, text: string): string[] => hanging(`  ${head} `, text, columns);
  return [
    '',
    `${paint('strong', 'Watch')}  ${paint('dim', `from the first flag to the end of the validation, every ${every}`)}`,
    ...list('metrics', metrics.join(', ')),
    ...(takesBack.length > 0 ? list('takes everything back when critical:', takesBack.join(', ')) : []),
    ...(routes.length === 0 ? list('alerts', `go to ${notify.join(', ')}`) : []),
    ...routes.flatMap(({ level, channels, to, escalate }) =>
      list(
        level,
        `${channels.join(', ')} for ${names(to)}; unacknowledged after ${escalate.after}: ${names(escalate.to)}`
      )
    ),
    ...severities.flatMap(({ severity, title, respondWithin, escalate, reach, rules, declared }) => [
      ...list(
        `severity ${severity}`,
        `${title}: answered within ${respondWithin}; ${escalationWords(respondWithin, escalate)}; ${reaches[reach]}`
      ),
      ...hanging('    ', opens(rules, declared), columns).map((text) => paint('dim', text)),
    ]),
  ];
}

/** Where the plan says no time of its own, the next in line are called when nobody has answered in time. */
function escalationWords(respondWithin: string, { after, to }: PreviewWatch['severities'][number]['escalate']): string {
  if (after === 'at once') return `called at once: ${names(to)}`;
  return `${after === respondWithin ? 'unacknowledged by then' : `unacknowledged after ${after}`}: ${names(to)}`;
}

function opens(rules: readonly string[], declared: number): string {
  const byItself = rules.length > 0 ? [`opens when ${rules.join(', ')}`] : [];
  const byPerson = declared > 0 ? [`${declared} of its causes a person declares`] : [];
  return [...byItself, ...byPerson].join('; ') || 'a person declares it';
}

function names(recipients: readonly PreviewRecipient[]): string {
  return recipients
    .map(({ name, people, address }) => {
      const who = people.join(', ') || address;
      return who === undefined ? name : `${name} (${who})`;
    })
    .join(', ');
}
