import { planDocument } from './document/plan-document.js';
import type { PlanDocument } from './document/plan-document.js';
import { digestOf } from './digest.js';
import { fillDocument } from './fill.js';
import { createClock } from './freezing/clock.js';
import { checkDays } from './freezing/days.js';
import { freezeEnvironment } from './freezing/environment.js';
import { freezePlan } from './freezing/plan.js';
import { remark } from './freezing/remarks.js';
import { hintForName } from './language/suggest.js';
import { misunderstood, understood } from './language/understood.js';
import type { Lookup } from './language/template.js';
import type { LoadedEnvironment } from './load-environment.js';
import type { LoadedPlan } from './load-plan.js';
import { inOrder } from './loading/fault.js';
import type { Fault, Path } from './loading/fault.js';
import { checkShape } from './loading/shape.js';
import type { Source } from './loading/source.js';
import type { FrozenPlan } from './model.js';
import { bindingRules, isRead } from './rules/bindings.js';
import type { Pairing, PairingRule } from './rules/cross.js';
import { alertRemarks } from './freezing/alert-remarks.js';
import { peopleRules } from './rules/people.js';
import type { Report } from './rules/rule.js';
import { reachRules } from './rules/reach.js';
import { secretRules } from './rules/secrets.js';
import { targetRules } from './rules/targets.js';
import { declaredIn, isOfAlert, lookupVariable, unknownVariables, valuesOf } from './variables.js';
import type { Variables } from './variables.js';

export interface FreezeInput {
  plan: LoadedPlan;
  environment: LoadedEnvironment;
  /** Values that were given; the environment was loaded with the same ones. */
  vars: Variables;
  /** Epoch ms; when the run would start, if that is known: then it is known which days are meant. */
  startAt?: number;
  /** The one who starts the run, if known: does not count at gates unless the plan says so. */
  startedBy?: string;
}

export interface FreezeResult {
  /** There only when nothing is wrong. */
  frozen?: FrozenPlan;
  /** All errors of plan and environment, by place. */
  faults: Fault[];
  /** What is allowed but should be known before the start. */
  warnings: Fault[];
}

const rules: readonly PairingRule[] = [peopleRules, reachRules, bindingRules, targetRules, remark, alertRemarks];

/**
 * Puts a plan into an environment: fills in the variables, finds what cannot work there, compresses time, orders the
 * phases, and takes the digest. Faults of either document are among the faults.
 */
export function freeze({ plan, environment, vars, startAt, startedBy }: FreezeInput): FreezeResult {
  const found: Fault[] = [...plan.faults, ...environment.faults];
  const inPlan = reportTo(plan.source, found);
  const inEnvironment = reportTo(environment.source, found);
  const declared = declaredIn(plan.source?.value ?? {});
  const values = valuesOf(declared, { ...environment.values, ...vars }, inPlan);
  const declaredThere = declaredIn(environment.source?.value ?? {});
  if (plan.source && environment.source && declared && declaredThere) {
    const known = [...Object.keys(declared), ...Object.keys(declaredThere)];
    unknownVariables(vars, known, 'neither plan nor environment has this variable', inPlan);
  }

  const fill = <T>(document: T): T =>
    fillDocument(document, (path) => lookupIn(path, declared, values, environment), inPlan);
  const filled = fill(plan.loose);
  secretRules(filled, inPlan);
  const document = plan.source && plan.document ? checkFilled(plan.source, fill(plan.source.value), found) : undefined;
  const pairing: Pairing = {
    plan: filled,
    environment: environment.loose,
    inPlan,
    inEnvironment,
    ...(startedBy === undefined ? {} : { startedBy }),
  };
  if (plan.source && environment.source) for (const rule of rules) rule(pairing);

  if (hasErrors(found) || !document || !environment.document) return sorted(found, plan.source);
  const clock = createClock(environment.document.compress);
  const parts = {
    plan: freezePlan(document, clock, (metric) => isRead(environment.loose, metric)),
    environment: freezeEnvironment(environment.document, clock, document.blackouts),
    vars: { ...environment.values, ...values },
  };
  if (startAt !== undefined) checkDays(document, parts, startAt, inPlan);
  const result = sorted(found, plan.source);
  return hasErrors(found) ? result : { frozen: { digest: digestOf(parts), ...parts }, ...result };
}

function hasErrors(faults: readonly Fault[]): boolean {
  return faults.some((fault) => fault.severity === 'error');
}

function sorted(found: readonly Fault[], source: Source | undefined): Pick<FreezeResult, 'faults' | 'warnings'> {
  const all = inOrder(found, source?.file);
  return {
    faults: all.filter((fault) => fault.severity === 'error'),
    warnings: all.filter((fault) => fault.severity === 'warning'),
  };
}

/** A value may make a sound plan unsound: an empty one, or one that is far too long. */
function checkFilled(source: Source, value: Record<string, unknown>, faults: Fault[]): PlanDocument | undefined {
  const shaped = checkShape(planDocument, source, value);
  faults.push(...shaped.faults);
  return shaped.document;
}

function reportTo(source: Source | undefined, faults: Fault[]): Report {
  return (path, finding) => {
    if (source) faults.push(source.fault(path, finding));
  };
}

function lookupIn(
  path: Path,
  declared: ReturnType<typeof declaredIn>,
  values: Variables,
  environment: LoadedEnvironment
): Lookup {
  return (name) => {
    if (name.startsWith('vars.')) return lookupVariable(name, declared, values);
    if (isOfAlert(path, name)) return 'kept';
    // What is no template of a plan was reported when it was loaded.
    if (!name.startsWith('env.services.')) return 'kept';
    const service = name.slice('env.services.'.length);
    const { loose, source } = environment;
    const services = loose.services ?? {};
    // What has a fault, or could not be read, was reported in the environment.
    if (!source || ('services' in loose && loose.services === undefined)) return 'kept';
    const url = Object.hasOwn(services, service) ? services[service] : undefined;
    if (url !== undefined) return understood(url);
    const known = Object.keys(services);
    if (known.includes(service)) return 'kept';
    return misunderstood(
      `unknown service "${service}"`,
      hintForName(service, known, 'declare it under services in the environment')
    );
  };
}
