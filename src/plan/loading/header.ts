import type { Fault } from './fault.js';
import type { Source } from './source.js';

const kinds: Readonly<Record<string, string>> = { plan: 'a plan', environment: 'an environment' };

/**
 * The fault of a file that is another kind of document, or of a version that this program does not know: everything
 * else that could be said about it would only confuse. A missing header is an ordinary missing key.
 */
export function headerFault(source: Source, expected: 'plan/v1' | 'environment/v1'): Fault | undefined {
  const header = source.value['phasegate'];
  if (typeof header !== 'string' || header === expected) return undefined;
  const kind = header.split('/')[0] ?? '';
  const wanted = expected.split('/')[0] ?? '';
  const message =
    kind !== wanted && Object.hasOwn(kinds, kind)
      ? `this is ${kinds[kind]}, not ${kinds[wanted]}`
      : `this version of phasegate does not know "${header}"`;
  return source.fault(['phasegate'], {
    code: 'PG103',
    message,
    hint: `give a file that begins with "phasegate: ${expected}"`,
  });
}
