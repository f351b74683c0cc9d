import { z } from 'zod';
import { environmentDocument } from '../document/environment-document.js';
import { planDocument } from '../document/plan-document.js';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * The JSON Schemas with which editors complete plans and environments. They are draft 7, which YAML language servers
 * know best, and say what may be written; the rules about meaning are phasegate's own.
 */
export function jsonSchemas(): { plan: JsonSchema; environment: JsonSchema } {
  const options = { target: 'draft-7', io: 'input' } as const;
  return { plan: z.toJSONSchema(planDocument, options), environment: z.toJSONSchema(environmentDocument, options) };
}
