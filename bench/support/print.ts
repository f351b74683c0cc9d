import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { distributionOf, type Distribution } from './distribution.js';
import type { Benchmark, Findings, Series } from './findings.js';
import { machineLine, root, type Machine } from './machine.js';

const columns = ['min', 'p50', 'p95', 'p99', 'max'] as const;

/** The findings as Markdown, ready to be pasted. */
export function markdown(benchmark: Benchmark, findings: Findings, on: Machine, startedAt: Date): string {
  const { series, facts, notes } = findings;
  const lines = [`### ${benchmark.name}: ${benchmark.title}`, ''];
  if (series.length > 0) {
    lines.push(...table(['figure', 'n', ...columns, 'aim', 'met'], series.map(seriesRow)), '');
  }
  if (facts.length > 0) {
    const rows = facts.map(({ what, value, aim = '', met }) => [what, value, aim, metText(met)]);
    lines.push(...table(['figure', 'value', 'aim', 'met'], rows), '');
  }
  lines.push(...notes.map((note) => `- ${note}`), ...(notes.length > 0 ? [''] : []));
  lines.push(`Measured ${startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC: ${machineLine(on)}.`);
  return lines.join('\n');
}

/** Keeps the findings with every single measurement. @returns the file */
export function keep(benchmark: Benchmark, findings: Findings, on: Machine, startedAt: Date): string {
  const series = findings.series.map((one) => ({ ...one, distribution: distributionOf(one.samples) }));
  const document = { ...findings, series, name: benchmark.name, title: benchmark.title, machine: on, startedAt };
  return keepFile(`${benchmark.name}.json`, `${JSON.stringify(document, undefined, 2)}\n`);
}

/** Keeps a file beside the findings. @returns where */
export function keepFile(name: string, text: string): string {
  const folder = join(root, 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function seriesRow({ what, unit, samples, aim }: Series): string[] {
  const distribution = distributionOf(samples);
  const numbers = columns.map((column) => `${distribution[column].toFixed(unit === 'ms' ? 0 : 1)} ${unit}`);
  const aims = Object.entries(aim ?? {}) as Array<[keyof Distribution, number]>;
  const met = aims.length === 0 ? undefined : aims.every(([column, most]) => distribution[column] < most);
  const aimText = aims.map(([column, most]) => `${column} < ${most} ${unit}`).join(', ');
  return [what, String(distribution.n), ...numbers, aimText, metText(met)];
}

function metText(met: boolean | undefined): string {
  return met === undefined ? '' : met ? 'yes' : 'NO';
}

function table(head: readonly string[], rows: readonly string[][]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
