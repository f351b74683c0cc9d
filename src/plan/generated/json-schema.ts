import { z } from 'zod';
import { environmentDocument } from '../document/environment-document.js';
import { planDocument } from '../document/plan-document.js';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

export interface Schemas {
  plan: JsonSchema;
  environment: JsonSchema;
}

/** The two documents as JSON Schema, draft 7, which YAML language servers know best. */
export function documentSchemas(): Schemas {
  const options = { target: 'draft-7', io: 'input' } as const;
  return { plan: z.toJSONSchema(planDocument, options), environment: z.toJSONSchema(environmentDocument, options) };
}

/**
 * The schemas for editors: what may be written, templates included. An environment is checked after its variables are
 * filled in, so any text of it may be a template; a plan is checked before. The rules about meaning are phasegate's own.
 */
export function editorSchemas(): Schemas {
  const { plan, environment } = documentSchemas();
  return { plan, environment: orTemplate(environment) as JsonSchema };
}

const template = '\\{\\{.+\\}\\}';

function orTemplate(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(orTemplate);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([key, value]: [string, unknown]) => [
      key,
      key === 'propertyNames' ? value : orTemplate(value),
    ])
  );
  const { pattern, enum: choices, type, ...rest } = copy;
  if (typeof pattern === 'string' && !new RegExp(pattern).test('{{vars.x}}')) {
    return { ...copy, pattern: `${pattern}|${template}` };
  }
  if (Array.isArray(choices))
    return {
      ...rest,
      anyOf: [
        { type, enum: choices },
        { type: 'string', pattern: template },
      ],
    };
  return copy;
}
