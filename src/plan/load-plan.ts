import { planDocument } from './document/plan-document.js';
import type { PlanDocument } from './document/plan-document.js';
import { fillDocument } from './fill.js';
import { understood, misunderstood } from './language/understood.js';
import { inOrder } from './loading/fault.js';
import type { Fault } from './loading/fault.js';
import { headerFault } from './loading/header.js';
import type { Loose } from './loading/loose.js';
import { parseYaml } from './loading/parse-yaml.js';
import { checkShape } from './loading/shape.js';
import type { Source } from './loading/source.js';
import { alertRules } from './rules/alerts.js';
import { approvalRules } from './rules/approvals.js';
import { cleanupRules } from './rules/cleanup.js';
import { criteriaRules } from './rules/criteria.js';
import { dayRules } from './rules/days.js';
import { exposureRules } from './rules/exposure.js';
import { incidentRules } from './rules/incidents.js';
import { kpiRules } from './rules/kpis.js';
import { metricRules } from './rules/metrics.js';
import { nameRules } from './rules/names.js';
import { orderRules } from './rules/order.js';
import { recipientRules } from './rules/recipients.js';
import { referenceRules } from './rules/references.js';
import type { PlanRule, Report } from './rules/rule.js';
import { scheduleRules } from './rules/schedule.js';
import { secretRules } from './rules/secrets.js';
import { validationRules } from './rules/validation.js';
import { windowRules } from './rules/windows.js';
import { declaredIn, isOfAlert, lookupVariable } from './variables.js';

/** A file that was read: its document when it has no errors, what is sound of it, and all that is wrong with it. */
export interface Loaded<T> {
  document?: T;
  loose: Loose<T>;
  source?: Source;
  /** Errors and warnings, by place. */
  faults: Fault[];
}
export type LoadedPlan = Loaded<PlanDocument>;

const rules: readonly PlanRule[] = [
  nameRules,
  referenceRules,
  approvalRules,
  metricRules,
  cleanupRules,
  criteriaRules,
  windowRules,
  validationRules,
  kpiRules,
  recipientRules,
  alertRules,
  incidentRules,
  orderRules,
  scheduleRules,
  dayRules,
  exposureRules,
  secretRules,
];

/**
 * Reads a plan and finds everything that is wrong with it, whatever the environment.
 *
 * @param text YAML
 * @param file how faults name it
 */
export function loadPlan(text: string, file: string): LoadedPlan {
  const { source, faults } = parseYaml(text, file);
  if (!source) return { loose: {}, faults };
  const header = headerFault(source, 'plan/v1');
  if (header) return { loose: {}, faults: [header] };
  const report: Report = (path, finding) => faults.push(source.fault(path, finding));

  const shaped = checkShape(planDocument, source, source.value);
  faults.push(...shaped.faults);
  checkTemplates(source.value, report);
  for (const rule of rules) rule(shaped.loose, report);

  const sound = shaped.document !== undefined && !faults.some((fault) => fault.severity === 'error');
  return { ...(sound ? { document: shaped.document } : {}), loose: shaped.loose, source, faults: inOrder(faults) };
}

/** Templates name variables that are declared, or services; values come when the plan is frozen. */
function checkTemplates(value: Record<string, unknown>, report: Report): void {
  const declared = declaredIn(value);
  fillDocument(
    value,
    (path) => (name) => {
      if (name.startsWith('vars.')) return lookupVariable(name, declared, {});
      if (isOfAlert(path, name)) return 'kept';
      return name.startsWith('env.services.')
        ? understood('')
        : misunderstood(`unknown template "${name}"`, 'a plan knows {{vars.NAME}} and {{env.services.NAME}}');
    },
    report
  );
}
