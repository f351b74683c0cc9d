/** A document for people, whatever it is written as. */
export type Block =
  | { kind: 'heading'; level: 2 | 3; text: string; anchor: string }
  | { kind: 'text'; text: string; strong?: true }
  | { kind: 'list'; items: readonly string[] }
  | { kind: 'checklist'; items: readonly string[] }
  | { kind: 'table'; head: readonly string[]; rows: ReadonlyArray<readonly string[]> }
  | { kind: 'commands'; lines: readonly string[] }
  /** What somebody else wrote, as they wrote it. */
  | { kind: 'quote'; text: string }
  | { kind: 'link'; text: string; url: string };

export interface RunbookDocument {
  title: string;
  subtitle: string;
  blocks: Block[];
}

export const heading = (level: 2 | 3, text: string, anchor: string): Block => ({
  kind: 'heading',
  level,
  text,
  anchor,
});
export const strong = (words: string): Block => ({ kind: 'text', text: words, strong: true });
export const list = (items: readonly string[]): Block => ({ kind: 'list', items });
export const checklist = (items: readonly string[]): Block => ({ kind: 'checklist', items });
export const typed = (...lines: string[]): Block => ({ kind: 'commands', lines });
/** Commands that ask a server: where that is stands before them, wherever in the runbook somebody begins to read. */
export const typedThere = (...lines: string[]): Block => typed('export TEMPORAL_ADDRESS=HOST:PORT', ...lines);
export const text = (words: string): Block => ({ kind: 'text', text: words });
/** Nothing at all without rows. */
export function tableOf(head: readonly string[], rows: ReadonlyArray<readonly string[]>): Block[] {
  return rows.length > 0 ? [{ kind: 'table', head, rows }] : [];
}
