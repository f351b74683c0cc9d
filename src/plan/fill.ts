import { mapTexts } from './language/scalars.js';
import { fillTemplates, isWholeTemplate, templateNames } from './language/template.js';
import type { Lookup } from './language/template.js';
import type { Path } from './loading/fault.js';
import type { Report } from './rules/rule.js';

/** Keys under which every list is a command. */
const commandKeys: readonly string[] = ['command', 'run', 'read', 'apply', 'undo'];

/**
 * Fills the templates of a whole document, scalar by scalar. A value never becomes YAML, a key or a second template.
 *
 * @param lookup what a name means at a path
 * @param report told about each template that cannot be filled in
 */
export function fillDocument<T>(document: T, lookup: (path: Path) => Lookup, report: Report): T {
  return mapTexts(document, (text, path) => {
    if (!text.includes('{{') && !text.includes('}}')) return text;
    const filled = fillTemplates(text, lookup(path));
    if (!filled.ok) {
      report(path, { code: 'PG107', message: filled.problem, hint: filled.hint });
      return text;
    }
    if (isArgument(path)) checkArgument(text, filled.value, path, report);
    return filled.value;
  });
}

/** A value that becomes a whole argument must not be read as an option, and the program is not a variable's business. */
function checkArgument(text: string, filled: string, path: Path, report: Report): void {
  if (path.at(-1) === 0) {
    report(path, {
      code: 'PG107',
      message: 'the program of a command cannot come from a template',
      hint: 'write the program out',
    });
  } else if (isWholeTemplate(text) && filled.startsWith('-')) {
    report(path, {
      code: 'PG107',
      message: `{{${templateNames(text)[0] ?? ''}}} becomes "${filled}", which a program would take for an option`,
      hint: 'give a value that does not begin with -',
    });
  }
}

function isArgument(path: Path): boolean {
  return typeof path.at(-1) === 'number' && commandKeys.includes(String(path.at(-2)));
}
