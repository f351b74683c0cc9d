/** The Markdown that the Temporal UI renders: no HTML, no links; what people wrote never becomes markup. */
const signs: Record<string, string> = {
  pending: '·',
  running: '▶',
  waiting: '◷',
  passed: '✔',
  completed: '✔',
  done: '✔',
  failed: '✖',
  failing: '✖',
  'on hold': '‖',
  paused: '‖',
  waived: '⚠',
  'taken over': '⚠',
  'cannot be undone': '‖',
  accepted: '⚠',
  'rolling back': '↩',
  'rolled back': '↩',
  'rolled back, NOT verified': '⚠',
  'NOT rolled back': '✖',
};

/** States whose sign says all; the others are also spelled out. */
const obvious = new Set(['pending', 'passed', 'completed', 'done']);

const longest = 300;

/**
 * Commands of ours, and options of any other. The Temporal UI sets text with typographic dashes and quotes, so that what
 * is to be typed, or was, survives only in code type: `--max`, `--reason "why"`.
 */
const value = String.raw`"[^"]*"|[\w./#:@=-]*\w`;
const option = String.raw`--[a-z][\w-]*`;
const typed = new RegExp(
  String.raw`((?<!\S)phasegate [a-z]+(?: (?:${option}(?:[ =](?:${value}))?|"[^"]*"|[\w.-]+/[\w./#@-]*\w))*|(?<![\w-])${option}(?:=(?:${value}))?)`
);

/** Text that stands for itself, in one line of bounded length. */
export function plain(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const short = line.length > longest ? `${line.slice(0, longest)}…` : line;
  // At odd places of the split stands what the pattern caught.
  return short
    .split(typed)
    .map((part, index) => (index % 2 === 1 ? verbatim(part) : part.replace(/[\\`*_<>[\]|~]/g, (char) => `\\${char}`)))
    .join('');
}

/** Text of several lines: each stays one, and what is written as a list is one. */
export function paragraphs(text: string): string {
  const lines = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  return lines.reduce((markdown, line, index) => {
    const [, mark = '', rest = ''] = item.exec(line) ?? [];
    const written = mark === '' ? plain(line).replace(/^[-+=#]/, '\\$&') : `${mark} ${plain(rest)}`;
    if (index === 0) return written;
    const goesOn = mark !== '' && item.test(lines[index - 1] ?? '');
    return `${markdown}${goesOn ? '\n' : '\n\n'}${written}`;
  }, '');
}

const item = /^(-|\d{1,3}\.)\s+(.*)$/;

/** Text in code type, cut when it is long. */
export function code(text: string): string {
  return verbatim(text.slice(0, longest));
}

/** Text in code type that is of use only as a whole. Backticks would end it. */
export function verbatim(text: string): string {
  return `\`${text.replace(/`/g, "'").replace(/\s+/g, ' ')}\``;
}

/** One line of a list: sign, what, state unless the sign says it, and why. */
export function signed(state: string, what: string, why?: string): string {
  const spelled = obvious.has(state) ? '' : ` _${state}_`;
  return `${signs[state] ?? '·'} ${what}${spelled}${why === undefined || why === '' ? '' : ` — ${plain(why)}`}`;
}

/** A titled list; nothing when it would be empty. */
export function bullets(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `**${title}**\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}

export function panel(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}
