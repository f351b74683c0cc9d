import { plain } from '../render/paint.js';
import { symbolOf, toneOf, type AnyState } from '../render/states.js';
import type { Mark, Tone } from './document.js';

/** The symbol, the colour and the word that a state has on every surface. */
export function markOf(state: AnyState): Mark {
  const tone = toneOf(state);
  return { tone: tone === 'strong' ? 'info' : tone, symbol: symbolOf(state, plain), word: state };
}

const symbols: Record<Tone, string> = { good: '✔', warn: '!', bad: '✖', info: '▶', dim: '·' };

export function mark(tone: Tone, word: string, symbol = symbols[tone]): Mark {
  return { tone, symbol, word };
}

export const noSource = mark('dim', 'no data source', '–');

const order: readonly Tone[] = ['bad', 'warn', 'info', 'good', 'dim'];

/** The one that people must see first. */
export function worst(marks: readonly Mark[]): Mark | undefined {
  return marks.toSorted((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone))[0];
}
