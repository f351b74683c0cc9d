import { misunderstood, understood } from './understood.js';
import type { Understood } from './understood.js';

const reference = /\$\{(?:env:[A-Za-z_][A-Za-z0-9_]*|file:[^{}\s]+)\}/g;
/** Names of what must not stand in a file. */
export const secretName =
  /authorization|token|secret|passw(?:or)?d|api-?_?key|cookie|credential|private-?_?key|signing-?_?key|routing-?_?key/i;
/** What may stand beside references: a scheme or name before them (`Bearer `, `session=`), a colon between two. */
const scheme = /^(?:[A-Za-z-]{1,12}[ =])?:?$/;

export const secretHint = 'write a reference that the worker resolves: ${env:NAME} or ${file:path}';

/** Whether a key names something that must not stand in a file. */
export function namesSecret(key: string): boolean {
  return secretName.test(key);
}

/** A value that must be a secret reference, with at most a scheme before it: `Bearer ${env:TOKEN}`. */
export function checkSecret(text: string): Understood<string> {
  const clear = text.replace(reference, '');
  if (clear === text || !scheme.test(clear)) return misunderstood('a secret stands in the clear', secretHint);
  return checkReferences(text);
}

/** Any value: what looks like a reference is one. */
export function checkReferences(text: string): Understood<string> {
  const rest = text.replace(reference, '');
  if (!rest.includes('${')) return understood(text);
  return misunderstood('this is not a secret reference', 'write ${env:NAME} or ${file:path}');
}

/** An address with a user name or password in it. */
export function hasUserInfo(url: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(url);
}
