import { stringify } from 'yaml';
import { cleanLine } from '../render/clean.js';

/** A YAML file with remarks above it. The same document gives the same bytes. */
export function yamlFile(document: object, remarks: readonly string[]): string {
  const head = remarks.map((remark) => `# ${cleanLine(remark)}\n`).join('');
  return `${head}${stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}
