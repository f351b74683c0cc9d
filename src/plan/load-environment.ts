import { environmentDocument } from './document/environment-document.js';
import type { EnvironmentDocument } from './document/environment-document.js';
import { fillDocument } from './fill.js';
import { misunderstood } from './language/understood.js';
import { inOrder } from './loading/fault.js';
import type { Path } from './loading/fault.js';
import { headerFault } from './loading/header.js';
import { parseYaml } from './loading/parse-yaml.js';
import { checkShape } from './loading/shape.js';
import type { Loaded } from './load-plan.js';
import { environmentRules } from './rules/environment.js';
import type { Report } from './rules/rule.js';
import { secretRules } from './rules/secrets.js';
import { declaredIn, lookupVariable, valuesOf } from './variables.js';
import type { Variables } from './variables.js';

export interface LoadedEnvironment extends Loaded<EnvironmentDocument> {
  /** Values of the variables that the environment declares. */
  values: Record<string, string>;
}

/**
 * Reads an environment, fills in its variables, and finds everything that is wrong with it, whatever the plan.
 *
 * @param text YAML
 * @param file how faults name it
 * @param vars values that were given; those that only the plan declares may be among them
 */
export function loadEnvironment(text: string, file: string, vars: Variables): LoadedEnvironment {
  const { source, faults } = parseYaml(text, file);
  if (!source) return { loose: {}, values: {}, faults };
  const header = headerFault(source, 'environment/v1');
  if (header) return { loose: {}, values: {}, faults: [header] };
  const unfilled = new Set<string>();
  const report: Report = (path, finding) => faults.push(source.fault(path, finding));

  const declared = declaredIn(source.value);
  const values = valuesOf(declared, vars, report);
  const filled = fillDocument(
    source.value,
    (path) => (name) => {
      if (keptFor(path).includes(name)) return 'kept';
      const value = name.startsWith('vars.')
        ? lookupVariable(name, declared, values)
        : misunderstood(`unknown template "${name}"`, hintFor(path));
      if (value === 'kept' || !value.ok) unfilled.add(JSON.stringify(path));
      return value;
    },
    report
  );

  const shaped = checkShape(environmentDocument, source, filled, (path) => unfilled.has(JSON.stringify(path)));
  faults.push(...shaped.faults);
  environmentRules(shaped.loose, report);
  secretRules(shaped.loose, report);

  const sound = shaped.document !== undefined && !faults.some((fault) => fault.severity === 'error');
  return {
    ...(sound ? { document: shaped.document } : {}),
    loose: shaped.loose,
    source,
    values,
    faults: inOrder(faults),
  };
}

/** Templates that an activity fills in at the last moment, where they may stand. */
function keptFor(path: Path): readonly string[] {
  if (path.at(-1) === 'promql' || path.at(-2) === 'context') return ['range', 'elapsed'];
  return path[0] === 'deploy' && typeof path.at(-1) === 'number' ? ['revision'] : [];
}

function hintFor(path: Path): string {
  const kept = keptFor(path).map((name) => `{{${name}}}`);
  return `known here are ${[...kept, '{{vars.NAME}}'].join(', ')}`;
}
