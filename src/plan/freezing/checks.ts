import type { AttestDocument, CheckDocument, ChecklistItemDocument } from '../document/plan-document.js';
import type { AttestStep, BeforeItem, Check, CheckStep, Criterion, Metric, OnFail } from '../model.js';
import { remindersWithin } from './clock.js';
import type { Clock } from './clock.js';
import { freezeCriterion, withoutDuration, withoutUndefined } from './criteria.js';
import { freezeWindow } from './windows.js';

/** What the steps of a phase are frozen with. */
export interface Context {
  clock: Clock;
  metrics: Record<string, Metric>;
  /** The success criteria of each phase, for checks that they still hold. */
  successOf: ReadonlyMap<string, readonly Criterion[]>;
  /** What a failed item leads to where it does not say so itself. */
  onFail: OnFail;
}

export function freezeItem(item: ChecklistItemDocument, context: Context): BeforeItem {
  if (item.check) return freezeCheckStep(item.check, context);
  if (item.attest) return freezeAttest(item.attest, context);
  throw new Error('unchecked checklist item');
}

export function freezeCheckStep(document: CheckDocument, context: Context): CheckStep {
  const check = freezeCheck(document, context);
  return {
    kind: 'check',
    id: document.id,
    title: document.title ?? titleOf(check),
    onFail: document['on-fail'] ?? context.onFail,
    ...validity(document['valid-for'], context.clock),
    check,
  };
}

export function freezeAttest(document: AttestDocument, { clock, onFail }: Context): AttestStep {
  const expires = clock.forPeople(document.expires);
  return {
    kind: 'attest',
    id: document.id,
    title: document.title,
    onFail: document['on-fail'] ?? onFail,
    ...validity(document['valid-for'], clock),
    by: document.by,
    evidence: document.evidence,
    notApplicable: document['not-applicable'],
    expires,
    remindEvery: remindersWithin(clock, expires, document['remind-every']),
  };
}

/** Not compressed: nobody waits for an answer to grow old, and people who answer one by one would never have all fresh. */
function validity(text: string | undefined, clock: Clock): Pick<CheckStep, 'validFor'> {
  return text === undefined ? {} : { validFor: clock.kept(text) };
}

function freezeCheck(document: CheckDocument, { clock, metrics, successOf }: Context): Check {
  const { http, command, metric, flag, stable } = document;
  if (http) {
    const { timeout, status, contains, body, ...rest } = http;
    const optional = withoutUndefined({ contains, body });
    return {
      type: 'http',
      ...rest,
      ...optional,
      status: Array.isArray(status) ? status : [status],
      timeout: clock.kept(timeout),
    };
  }
  if (command) {
    const long = Array.isArray(command) ? { run: command, timeout: '5m', env: [] } : command;
    return { type: 'command', argv: long.run, timeout: clock.kept(long.timeout), env: long.env };
  }
  // One reading has nothing to count from: it is the value that is judged.
  if (metric !== undefined) return { type: 'metric', criterion: freezeCriterion(metric, metrics, { increase: false }) };
  if (flag) return { type: 'flag', ...withoutUndefined(flag) };
  if (stable) {
    const { phases, for: length, ...options } = stable;
    const criteria = unique(phases.flatMap((phase) => withoutDuration(successOf.get(phase) ?? [])));
    return { type: 'stable', phases, window: freezeWindow(clock, 'long', length, options, criteria) };
  }
  throw new Error('unchecked check');
}

function unique(criteria: readonly Criterion[]): Criterion[] {
  return [...new Map(criteria.map((criterion) => [criterion.text, criterion])).values()];
}

function titleOf(check: Check): string {
  switch (check.type) {
    case 'http':
      return `${check.method} ${check.url}`;
    case 'command':
      return `Run ${check.argv.join(' ')}`;
    case 'metric':
      return check.criterion.text;
    case 'flag':
      return `${check.key} is as expected`;
    case 'stable':
      return `${check.phases.join(', ')} stable for ${check.window.length.planned}`;
  }
}
