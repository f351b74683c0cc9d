/** `850 ms`, `12 s`, `30 min`, `2 h 5 min`, `3 d 4 h`: a span for people. */
export function spanText(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return join(hours, 'h', minutes % 60, 'min');
  return join(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function join(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** An instant for people and logs, always UTC: `2026-11-22 14:05:09Z`. */
export function instantText(epochMs: number): string {
  return new Date(epochMs)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
}

/** `until 2026-11-22 14:05:09Z`, or `overdue for 2 h` from then on. */
export function dueText(until: number, now: number): string {
  return now < until ? `until ${instantText(until)}` : `overdue for ${spanText(now - until)}`;
}

/** `1 change`, `2 changes`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const mostNamed = 20;

/** `ann, bob`; of many the first twenty, `and 30 more`. */
export function named(names: readonly string[]): string {
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  return `${names.slice(0, mostNamed).join(', ')}${more}`;
}

/** `a release-manager`, `an engineering-lead`. */
export function withArticle(noun: string): string {
  return `${/^[aeio]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** A text as it begins a title. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Several names as people write them: `erin`, `erin and carlos`, `erin, carlos and ola`. */
export function allOf(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? 'nobody';
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** `erin is called`, `erin and carlos are called`. */
export function calledText(names: readonly string[]): string {
  return `${allOf(names)} ${names.length > 1 ? 'are' : 'is'} called`;
}

/** `erin`, `erin or carlos`, `erin, carlos or ola`. */
export function oneOf(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? 'nobody';
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
