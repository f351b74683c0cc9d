import type { Bound, Operator, Unit } from '../model.js';
import { parseQuantity, quantityPattern } from './quantity.js';
import { misunderstood, understood } from './understood.js';
import type { Understood } from './understood.js';

/** Operator and value as the plan writes them; the value is read once the metric's unit is known. */
export interface Comparison {
  op: Operator;
  value: string;
}

const operators: readonly string[] = ['<', '<=', '>', '>=', '=='];
const comparison = /^([<>=!≤≥]+)\s*(.+)$/;

/** The form of a threshold for editors: `> 95%`. */
export const thresholdPattern = `^(?:<=?|>=?|==)\\s*${quantityPattern}$`;

/** Splits `> 95%` into operator and value. */
export function parseComparison(text: string): Understood<Comparison> {
  const match = comparison.exec(text.trim());
  const [, op, value] = match ?? [];
  if (op === undefined || value === undefined) {
    return misunderstood(`"${text}" has no operator`, `write for example "> 95%", "< 2s" or "== 0"`);
  }
  if (!isOperator(op)) return misunderstood(`"${op}" is not an operator`, operatorHint(op));
  return understood({ op, value: value.trim() });
}

/** Reads a threshold such as `< 90%` of a metric measured in `unit`. */
export function parseThreshold(text: string, unit: Unit): Understood<Bound> {
  const parts = parseComparison(text);
  if (!parts.ok) return parts;
  const value = parseQuantity(parts.value.value, unit);
  if (!value.ok) return value;
  return understood({ op: parts.value.op, value: value.value, text: text.trim() });
}

function isOperator(text: string): text is Operator {
  return operators.includes(text);
}

function operatorHint(op: string): string {
  const meant: Record<string, string> = { '=': '==', '===': '==', '=<': '<=', '=>': '>=', '≤': '<=', '≥': '>=' };
  return Object.hasOwn(meant, op) ? `did you mean "${meant[op]}"?` : 'the operators are <, <=, >, >= and ==';
}
