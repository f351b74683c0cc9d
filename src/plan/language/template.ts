import { misunderstood, understood } from './understood.js';
import type { Understood } from './understood.js';

/** `kept`: the template stays as it is, for an activity to fill in. */
export type Lookup = (name: string) => Understood<string> | 'kept';

const template = /\{\{\s*([^{}]*?)\s*\}\}/g;
const templateName = /^[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$/;

/** The names between double braces, in their order. */
export function templateNames(text: string): string[] {
  return [...text.matchAll(template)].map((match) => match[1] ?? '');
}

/** Whether the text is one template and nothing else, so that its value becomes the whole scalar. */
export function isWholeTemplate(text: string): boolean {
  return /^\{\{[^{}]*\}\}$/.test(text.trim());
}

/**
 * Fills the templates of one scalar. A value is data: it is put in as it is and never read as YAML or as a template
 * again. The first one that cannot be filled in is the problem.
 */
export function fillTemplates(text: string, lookup: Lookup): Understood<string> {
  const rest = text.replace(template, '');
  if (rest.includes('{{') || rest.includes('}}')) {
    return misunderstood(`"${text}" has a template that is not closed`, 'write for example {{vars.revision}}');
  }
  let failed: Understood<string> | undefined;
  const filled = text.replace(template, (whole, name: string) => {
    if (!templateName.test(name)) {
      failed ??= misunderstood(
        `"${whole}" is not a template`,
        'write for example {{vars.revision}} or {{env.services.core}}'
      );
      return whole;
    }
    const value = lookup(name);
    if (value === 'kept') return `{{${name}}}`;
    if (!value.ok) failed ??= value;
    return value.ok ? value.value : whole;
  });
  return failed ?? understood(filled);
}
