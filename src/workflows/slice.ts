import type { CheckInput } from '../activities/contract.js';
import type { Change } from '../plan/change.js';
import type { Environment } from '../plan/model.js';

/** The parts of an environment that an activity needs; the rest would only make the history large. */
export interface Need {
  flags?: true;
  deploy?: string;
  metrics?: readonly string[];
  checks?: true;
  notify?: true;
  /** Where alerts go. */
  alerts?: true;
  people?: readonly string[];
}

/** What applying, verifying and undoing a change need. */
export function needOf(change: Change): Need {
  return change.type === 'flag' ? { flags: true } : { deploy: change.target };
}

/** What a check needs that is no window. */
export function needOfCheck(check: CheckInput['check']): Need {
  return {
    checks: true,
    ...(check.type === 'metric' ? { metrics: [check.criterion.metric] } : {}),
    ...(check.type === 'flag' ? { flags: true as const } : {}),
  };
}

/** The same environment with everything emptied that is not needed. No activity asks it for blackouts. */
export function sliceEnvironment(
  { blackouts: _blackouts, channels, contacts, ...environment }: Environment,
  need: Need
): Environment {
  const target = need.deploy === undefined ? undefined : environment.deploy[need.deploy];
  const names = need.metrics ?? [];
  return {
    ...environment,
    people: environment.people.filter((person) => need.people?.includes(person.name)),
    flags: need.flags ? environment.flags : { provider: 'flagd', file: '' },
    metrics: {
      ...environment.metrics,
      bindings: Object.fromEntries(
        Object.entries(environment.metrics.bindings).filter(([name]) => names.includes(name))
      ),
    },
    deploy: need.deploy !== undefined && target ? { [need.deploy]: target } : {},
    services: {},
    httpAllow: need.checks ? environment.httpAllow : [],
    commands: need.checks || need.deploy !== undefined ? environment.commands : { cwd: '', env: {}, allow: [] },
    notify: need.notify ? environment.notify : [],
    ...(need.alerts && channels ? { channels } : {}),
    ...(need.alerts && contacts ? { contacts } : {}),
  };
}
