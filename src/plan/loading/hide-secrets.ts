import { isAlias, isMap, isNode, isScalar, isSeq, visit } from 'yaml';
import type { Document, Pair } from 'yaml';
import { checkSecret, namesSecret, secretName } from '../language/secret.js';
import { hideGuessed } from './hide-guessed.js';
import { isTooDeep, parserProblems } from './yaml-faults.js';

type Hide = (start: number, end: number) => void;

/** A name and its colon inside of a text, such as a header in an argument. Bounded, so that it takes linear time. */
const named = new RegExp(`(?:${secretName.source})[\\w-]{0,64}["']?\\s{0,8}:(?=\\s|$|[a-z]{1,12} )`, 'gi');
/** What stands before the last @ of an address. */
const userInfo = /:\/\/([^/\s'"]*)@/g;

/**
 * The text with stars for what must not get into a log by way of a frame: a secret that is no reference, a password in
 * an address. Lines and columns stay. Whatever the parser could not understand is hidden where it may belong to a secret.
 *
 * @param document of this text; without one, the text counts as not understood
 */
export function hideSecrets(text: string, document: Document | undefined): string {
  const hidden = text.split('');
  const hide: Hide = (start, end) => {
    for (let at = start; at < end; at += 1) if (hidden[at] !== '\n' && hidden[at] !== '\r') hidden[at] = '*';
  };
  const understood = document !== undefined && !isTooDeep(document) ? document : undefined;
  const known = understood ? hideNodes(text, understood, hide) : [];
  if (!understood || parserProblems(understood, text).broken) hideGuessed(text, hide);
  else hideComments(text, known, hide);
  for (const { index, 1: found = '' } of text.matchAll(userInfo)) hide(index + 3, index + 3 + found.length);
  return hidden.join('');
}

/** Hides the scalars that a key calls secret, and what a text itself calls so; gives the ranges of all scalars. */
function hideNodes(text: string, document: Document, hide: Hide): Array<readonly [number, number]> {
  const known: Array<readonly [number, number]> = [];
  const anchors = new Set<string>();
  const concealed = new Set<unknown>();
  const conceal = (node: unknown): void => {
    if (!isNode(node) || concealed.has(node)) return;
    concealed.add(node);
    visit(node, {
      Scalar: (_, { value, range }) => {
        if (range && !(typeof value === 'string' && checkSecret(value).ok)) hide(range[0], range[1]);
      },
      Alias: (_, { source }) => void anchors.add(source),
      // What a key is called is no secret; a collection as a key may be anything.
      Pair: (_, { key, value }) => {
        if (!isScalar(key)) conceal(key);
        conceal(value);
        return visit.SKIP;
      },
    });
  };
  visit(document, {
    Pair: (_, pair) => {
      if (callsSecret(text, pair)) conceal(pair.value);
    },
    Scalar: (_, { range }) => {
      if (!range) return;
      known.push([range[0], range[1]]);
      hideNamed(text, range[0], range[1], hide);
    },
  });
  // An alias may lead to a text that leads on to others.
  for (const seen = new Set<string>(); seen.size < anchors.size;) {
    for (const name of anchors) seen.add(name);
    visit(document, {
      Node: (_, node) => {
        if (!isAlias(node) && node.anchor !== undefined && anchors.has(node.anchor)) conceal(node);
      },
    });
  }
  return known.sort((a, b) => a[0] - b[0]);
}

function callsSecret(text: string, { key }: Pair): boolean {
  if (isScalar(key) && namesSecret(String(key.value))) return true;
  if (!isMap(key) && !isSeq(key) && !isScalar(key)) return false;
  return key.range ? namesSecret(text.slice(key.range[0], key.range[1])) : false;
}

/** What stands between the scalars: comments. */
function hideComments(text: string, known: ReadonlyArray<readonly [number, number]>, hide: Hide): void {
  let at = 0;
  for (const [start, end] of [...known, [text.length, text.length] as const]) {
    for (const { index, 0: comment } of text.slice(at, start).matchAll(/#[^\r\n]*/g)) {
      hideNamed(text, at + index, at + index + comment.length, hide);
    }
    at = Math.max(at, end);
  }
}

/** Hides what follows the first name with a colon that no reference follows. */
function hideNamed(text: string, start: number, end: number, hide: Hide): void {
  const part = text.slice(start, end);
  for (const { index, 0: found } of part.matchAll(named)) {
    const value = part.slice(index + found.length);
    const bare = value.trim().replace(/["']$/, '');
    if (checkSecret(bare).ok) continue;
    hide(start + index + found.length + (value.length - value.trimStart().length), end);
    return;
  }
}
