import { escaped } from '../../plan/text/clean.js';

export { clean, cleanDeep, cleanLine } from '../../plan/text/clean.js';

/** JSON that is safe on a terminal too. */
export function safeJson(value: unknown, indent?: number): string {
  return escaped(JSON.stringify(value, undefined, indent));
}
