import { checkReferences, checkSecret, hasUserInfo, namesSecret, secretHint } from '../language/secret.js';
import { mapTexts } from '../language/scalars.js';
import type { Path } from '../loading/fault.js';
import type { Report } from './rule.js';

/** Keys whose values are words for people and never secrets, whatever they are called. */
const words: readonly string[] = ['description', 'title', 'impact', 'message', 'action'];

/**
 * Secrets stand nowhere in the clear: what a key calls a token, password or authorization is a reference, an address
 * carries no password, and what looks like a reference is one. For plans and environments alike.
 */
export function secretRules(document: unknown, report: Report): void {
  mapTexts(document, (text, path) => {
    const key = keyOf(path);
    if (words.includes(key)) return text;
    const result = mustBeSecret(path) ? checkSecret(text) : checkReferences(text);
    if (!result.ok)
      report(path, { code: 'PG108', message: `${key}: ${result.problem}`, hint: result.hint, conceal: true });
    else if (hasUserInfo(text)) {
      report(path, {
        code: 'PG108',
        message: `${key}: an address with a password in it`,
        hint: `put it into a header; ${secretHint}`,
        conceal: true,
      });
    }
    return text;
  });
}

/** Values of headers, of environment variables, of `token`, and what channels log in with; elsewhere names like `token-service` are only names. */
function mustBeSecret(path: Path): boolean {
  const key = keyOf(path);
  const parent = String(path.at(-2) ?? '');
  const ofChannel = path[0] === 'channels' && ['routing-key', 'password'].includes(key);
  return key === 'token' || ofChannel || (['headers', 'env'].includes(parent) && namesSecret(key));
}

function keyOf(path: Path): string {
  return String(path.findLast((segment) => typeof segment === 'string') ?? '');
}
