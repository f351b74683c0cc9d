import type { OpenGate } from '../read/snapshot.js';
import { table } from '../render/table.js';
import { untilText } from '../render/time.js';
import { hanging, widthOf } from '../render/width.js';
import type { Context } from './context.js';
import { columnsOf } from './io.js';

const head = ['GATE', 'KIND', 'WHAT', 'WHO MAY ANSWER', 'DEADLINE'];

/**
 * Open gates as a table; a pipe gets it whole, a terminal that is too narrow for it one gate below the other.
 *
 * @param stream where it will be written
 */
export function gateTable({ io }: Context, gates: readonly OpenGate[], stream: NodeJS.WriteStream): string[] {
  return gateLines(gates, io.now(), stream.isTTY ? columnsOf(stream) : Infinity);
}

export function gateLines(gates: readonly OpenGate[], now: number, columns: number): string[] {
  const rows = gates.map(({ address, kind, title, people, deadlineAt }) => [
    address,
    kind,
    title,
    people.join(', '),
    untilText(deadlineAt, now),
  ]);
  const lines = table([head, ...rows]);
  if (lines.every((line) => widthOf(line) <= columns)) return lines;
  return rows.flatMap(([address = '', kind = '', what = '', who = '', deadline = '']) => [
    address,
    ...hanging('  ', what, columns),
    ...hanging('  ', `${kind}, waits for ${who}, ${deadline}`, columns),
  ]);
}
