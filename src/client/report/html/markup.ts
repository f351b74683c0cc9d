import { clean } from '../../render/clean.js';

/** Text that is HTML already. Only {@link html} and {@link trusted} make it. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | undefined | readonly Part[];

/**
 * HTML in which every value is escaped, so that what plans, people and commands wrote is text and nothing else, in
 * elements and in quoted attributes alike.
 *
 * @example html`<td title="${reason}">${reason}</td>`
 */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.map((text, index) => text + textOf(parts[index])).join(''));
}

/** HTML that was made here and holds nothing of anybody else's, or has it escaped. */
export function trusted(text: string): Html {
  return new Html(text);
}

function textOf(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(textOf).join('');
  return escaped(String(part));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return clean(text).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

const linkable: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/** Text, as a link where it is an address of a scheme that only leads somewhere. */
export function linked(text: string): Html {
  const address = text.trim();
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(address)?.[0].toLowerCase();
  if (scheme === undefined || !linkable.has(scheme) || /\s/.test(address)) return html`${text}`;
  return html`<a href="${address}" rel="noopener noreferrer nofollow">${text}</a>`;
}
