import type { JsonSchema, Schemas } from './json-schema.js';

type Definitions = Record<string, JsonSchema>;

interface Section {
  name: string;
  schema: JsonSchema;
  definitions: Definitions;
}

/**
 * The page of every key: what it is, its type, its default and an example, from the schemas that editors use.
 *
 * @param introduction what comes before the tables
 */
export function planReference(introduction: string, schemas: Schemas): string {
  const plan = sectionsOf('The plan', schemas.plan);
  const known = new Set(plan.map((section) => section.name));
  const environment = sectionsOf('The environment', schemas.environment).filter((section) => !known.has(section.name));
  return [introduction.trim(), ...[...plan, ...environment].map(renderSection)].join('\n\n') + '\n';
}

/** The root, then each definition in the order in which it is first referred to. */
function sectionsOf(title: string, root: JsonSchema): Section[] {
  const definitions = (root.definitions ?? {}) as Definitions;
  const sections: Section[] = [{ name: title, schema: root, definitions }];
  for (const section of sections) {
    for (const name of referencesIn(section.schema)) {
      const schema = definitions[name];
      if (schema && !sections.some((other) => other.name === name)) sections.push({ name, schema, definitions });
    }
  }
  return sections;
}

function referencesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
    if (key === 'definitions' || key === 'examples') return [];
    return key === '$ref' && typeof value === 'string' ? [nameOf(value)] : referencesIn(value);
  });
}

function renderSection({ name, schema, definitions }: Section): string {
  const isRoot = schema.definitions !== undefined;
  const head = [`${isRoot ? '##' : '###'} ${isRoot ? name : `\`${name}\``}`, schema.description ?? ''];
  if (schema.properties === undefined)
    return [...head, `Written as ${typeText(schema)}.${exampleText(schema)}`].join('\n\n');
  const rows = Object.entries(schema.properties).map(([key, property]) =>
    row(key, property as JsonSchema, schema.required ?? [], definitions)
  );
  return [...head, ['| key | type | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n')].join(
    '\n\n'
  );
}

function row(key: string, schema: JsonSchema, required: readonly string[], definitions: Definitions): string {
  const fallback = required.includes(key) ? '**required**' : schema.default === undefined ? '' : code(schema.default);
  const reference = schema.$ref ?? (schema.allOf?.[0] as JsonSchema | undefined)?.$ref;
  const referred = reference === undefined ? undefined : definitions[nameOf(reference)];
  const meaning = `${schema.description ?? referred?.description ?? ''}${exampleText(schema)}`;
  return `| \`${key}\` | ${cell(typeText(schema))} | ${cell(fallback)} | ${cell(meaning)} |`;
}

function typeText(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return `[${nameOf(schema.$ref)}](#${nameOf(schema.$ref)})`;
  const choices = schema.anyOf ?? (schema.properties === undefined ? schema.oneOf : undefined);
  if (choices) return [...new Set(choices.map((choice) => typeText(choice as JsonSchema)))].join(' or ');
  if (schema.allOf) return typeText(schema.allOf[0] as JsonSchema);
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map((choice) => code(choice)).join(' or ');
  switch (schema.type) {
    case 'array':
      return `list of ${typeText((schema.items ?? {}) as JsonSchema)}`;
    case 'object':
      return objectText(schema);
    case 'string':
      return textKind(schema.pattern);
    case 'integer':
      return 'whole number';
    default:
      return String(schema.type ?? 'anything');
  }
}

function objectText(schema: JsonSchema): string {
  if (schema.properties) return code(`{ ${Object.keys(schema.properties).join(', ')} }`);
  const values = schema.additionalProperties;
  return `mapping of name to ${typeof values === 'object' ? typeText(values) : 'anything'}`;
}

function textKind(pattern: string | undefined): string {
  if (pattern === undefined) return 'text';
  if (pattern.includes('P(?=')) return 'duration';
  if (pattern.includes('of baseline')) return 'criterion';
  if (pattern.includes('above baseline')) return 'rule';
  if (pattern.includes('(?:<=?')) return 'threshold';
  if (pattern.includes('@')) return 'e-mail address';
  if (pattern.includes('%')) return 'ratio';
  return pattern.includes('https?') ? 'address' : pattern.startsWith('^[') ? 'name' : 'text';
}

function exampleText(schema: JsonSchema): string {
  const [example] = schema.examples ?? [];
  return example === undefined ? '' : ` Example: ${code(example)}`;
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' && value !== '' ? value : JSON.stringify(value)}\``;
}

/** A bar ends a table cell, in code as well. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
