import { instantText } from '../../../plan/text/spans.js';
import { plain } from '../../render/paint.js';
import { stateWords, toneOf, type AnyState } from '../../render/states.js';
import { html, type Html } from './markup.js';

export type Cell = Html | string | number | undefined;

/** A table with headings for those who hear it; nothing at all without rows. */
export function table(
  caption: string,
  head: readonly string[],
  rows: ReadonlyArray<readonly Cell[]>
): Html | undefined {
  if (rows.length === 0) return undefined;
  return html`<div class="scroll">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head.map((title) => html`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td>${cell}</td>`)}
            </tr>`
        )}
      </tbody>
    </table>
  </div> `;
}

/** A state as a symbol and a word; a waived one has looks of its own. */
export function tag(state: AnyState): Html {
  const tone = toneOf(state);
  return html`<span class="tag ${tone} ${state === 'waived' ? 'waived' : ''}">${stateWords(state, plain)}</span>`;
}

/** A tag for words that are no state of a run. */
export function toned(tone: 'good' | 'bad' | 'warn' | 'info' | 'dim', words: string): Html {
  return html`<span class="tag ${tone}">${words}</span>`;
}

export function time(at: number | undefined): Html | string {
  if (at === undefined) return '–';
  return html`<time datetime="${new Date(at).toISOString()}">${instantText(at)}</time>`;
}

/** A digest, short enough to read and whole to copy. */
export function shortDigest(digest: string): Html {
  return html`<code title="${digest}">${digest.replace(/^sha256:([0-9a-f]{12})[0-9a-f]+$/, '$1')}</code> `;
}

/** Where a heading can be linked to. */
export function anchor(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}
