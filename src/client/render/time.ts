import { spanText } from '../../plan/text/spans.js';

/** Instants are UTC everywhere, since a run is watched from several places. */

/** `00:42:10`, and `3d 04:42:10` from a day on. */
export function clock(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / 1_000));
  const digits = [Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60];
  const days = Math.floor(whole / 86_400);
  return `${days > 0 ? `${days}d ` : ''}${digits.map((part) => String(part).padStart(2, '0')).join(':')}`;
}

/** `21:35:02`, with the date when it is another day than `reference`. */
export function timeOfDay(at: number, reference: number): string {
  const iso = new Date(at).toISOString();
  const sameDay = iso.slice(0, 10) === new Date(reference).toISOString().slice(0, 10);
  return sameDay ? iso.slice(11, 19) : `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}

/** `until 18:00:00 UTC (in 55 s)`, or how long ago it was. */
export function untilText(at: number, now: number): string {
  const left = at - now;
  const distance = left >= 0 ? `in ${spanText(left)}` : `${spanText(-left)} ago`;
  return `until ${timeOfDay(at, now)} UTC (${distance})`;
}

const unitMs = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;

/** Reads `90s`, `5m`, `1h30m`, `2d` as milliseconds; undefined when it is none. */
export function parseSpan(text: string): number | undefined {
  const match = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text.trim().toLowerCase());
  if (!match || match[0] === '') return undefined;
  const units = [unitMs.d, unitMs.h, unitMs.m, unitMs.s];
  return units.reduce((sum, unit, index) => sum + Number(match[index + 1] ?? 0) * unit, 0);
}
