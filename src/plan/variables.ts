import { hintForName, suggest } from './language/suggest.js';
import { unsafeCharacters } from './loading/frame.js';
import { misunderstood, understood } from './language/understood.js';
import type { Understood } from './language/understood.js';
import type { Path } from './loading/fault.js';
import type { Report } from './rules/rule.js';

/** Values of variables, by name. */
export type Variables = Readonly<Record<string, string>>;

export interface DeclaredVariable {
  description?: string | undefined;
  default?: string | undefined;
  /** It has a fault of its own, so that nobody knows whether it has a default. */
  unsound?: boolean;
}
type Declared = Readonly<Record<string, DeclaredVariable | undefined>>;

/**
 * What the `vars` of a document declare, as far as it is sound: the document may not have been checked yet. Undefined
 * where they have a fault as a whole, so that nobody knows what is declared.
 */
export function declaredIn(document: Readonly<Record<string, unknown>>): Declared | undefined {
  const { vars = {} } = document;
  if (typeof vars !== 'object' || vars === null || Array.isArray(vars)) return undefined;
  return Object.fromEntries(
    Object.entries(vars).map(([name, body]: [string, unknown]) => {
      if (typeof body !== 'object' || body === null) return [name, { unsound: true }];
      if (!('default' in body)) return [name, {}];
      return [name, typeof body.default === 'string' ? { default: body.default } : { unsound: true }];
    })
  );
}

/**
 * The values of declared variables: what was given, else the default. One without a value and one that cannot be
 * printed safely are reported where they are declared.
 */
export function valuesOf(declared: Declared | undefined, given: Variables, report: Report): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, variable] of Object.entries(declared ?? {})) {
    const value = Object.hasOwn(given, name) ? given[name] : variable?.default;
    if (value === undefined) {
      if (variable?.unsound) continue;
      report(['vars', name], {
        code: 'PG107',
        message: `variable "${name}" has no value`,
        hint: `give it with --var ${name}=VALUE`,
        at: 'key',
      });
    } else if (unsafeCharacters.test(value) || /[\r\n]/.test(value)) {
      report(['vars', name], {
        code: 'PG107',
        message: `the value of "${name}" has a control character`,
        hint: 'give it as plain text in one line',
        at: 'key',
      });
    } else {
      values[name] = value;
    }
  }
  return values;
}

/** Whether this template stays as it is until an alert is told: in its words, names without a dot are its facts. */
export function isOfAlert(path: Path, name: string): boolean {
  const [part, list] = path;
  const words = path.at(-1) === 'title' || path.at(-1) === 'message';
  return part === 'alerts' && list === 'templates' && words && !name.includes('.');
}

/** Looks up `vars.NAME`; what nobody knows because a fault was reported already stays as it is. */
export function lookupVariable(
  name: string,
  declared: Declared | undefined,
  values: Variables
): Understood<string> | 'kept' {
  if (declared === undefined) return 'kept';
  const variable = name.slice('vars.'.length);
  if (!Object.hasOwn(declared, variable)) {
    const near = suggest(variable, Object.keys(declared));
    return misunderstood(
      `unknown variable "${variable}"`,
      near ? `did you mean {{vars.${near}}}?` : `declare it under vars`
    );
  }
  const value = Object.hasOwn(values, variable) ? values[variable] : undefined;
  return value === undefined ? 'kept' : understood(value);
}

/**
 * Values that were given for variables which nobody declares: a name that was mistyped.
 *
 * @param missing says so of one
 * @param otherwise what else may be meant when no declared name is near
 */
export function unknownVariables(
  given: Variables,
  declared: readonly string[],
  missing: string,
  report: Report,
  otherwise = 'declare it under vars'
): void {
  for (const name of Object.keys(given)) {
    if (declared.includes(name)) continue;
    report(['vars'], {
      code: 'PG107',
      message: `--var ${name}: ${missing}`,
      hint: hintForName(name, declared, otherwise),
      at: 'key',
    });
  }
}
