import { misunderstood, understood } from './understood.js';
import type { Understood } from './understood.js';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const longest = 366 * day;

const units = [
  { symbol: 'd', ms: day },
  { symbol: 'h', ms: hour },
  { symbol: 'm', ms: minute },
  { symbol: 's', ms: second },
  { symbol: 'ms', ms: 1 },
] as const;

const short = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;
const iso = /^P(?=\d|T\d)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** The durations that the language knows, as a pattern for editors. The parser below is stricter in its messages only. */
export const durationPattern = `${short.source.replace('^', '^(?=\\d)')}|${iso.source}`;

/**
 * Reads a duration: `30s`, `1h30m`, `48h`, `7d`, `500ms`, or ISO 8601 `PT10M`. Large units come first. Bare numbers,
 * signs, fractions and calendar units are refused, since other tools disagree about their meaning.
 *
 * @returns milliseconds
 */
export function parseDuration(text: string): Understood<number> {
  const match = text === '' ? null : (short.exec(text) ?? iso.exec(text));
  if (!match) return misunderstood(`"${text}" is not a duration`, hintFor(text));
  const ms = units.reduce((sum, unit, index) => sum + Number(match[index + 1] ?? 0) * unit.ms, 0);
  if (ms > longest) return misunderstood(`"${text}" is longer than a year`, 'write at most 366d');
  return understood(ms);
}

/** Writes milliseconds the way a plan does: `1h30m`, `48h` becomes `2d`. The parser reads it back exactly. */
export function formatDuration(ms: number): string {
  const parts: string[] = [];
  let rest = Math.round(ms);
  for (const unit of units) {
    const count = Math.floor(rest / unit.ms);
    if (count > 0) parts.push(`${count}${unit.symbol}`);
    rest -= count * unit.ms;
  }
  return parts.join('') || '0s';
}

function hintFor(text: string): string {
  const bare = /^(\d+)$/.exec(text);
  if (bare) return `say the unit: ${bare[1]}s, ${bare[1]}m or ${bare[1]}h`;
  if (/^[-+]/.test(text)) return 'durations have no sign; write for example 30m';
  if (/\d\.\d/.test(text)) return 'durations have no fractions; write 1h30m for 1.5 hours';
  if (/\d\s*(?:y|w|mo|month|M\b)/.test(text)) return 'the units are d, h, m, s and ms; write 7d for a week';
  if (/^(?:\d+(?:ms|[dhms]))+$/.test(text)) return 'large units come first and each comes once: 1h30m';
  return 'write for example 30s, 10m, 1h30m, 48h or 7d';
}
