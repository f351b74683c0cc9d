import { z } from 'zod';
import { hasUserInfo, secretHint } from '../language/secret.js';
import { misunderstood, understood } from '../language/understood.js';
import type { Understood } from '../language/understood.js';
import { parsedText, words } from './fields.js';

/** An http or https address without a user name or password in it. */
export function parseHttpUrl(text: string): Understood<URL> {
  if (hasUserInfo(text))
    return misunderstood('the address has a user name or password in it', `put it into a header; ${secretHint}`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    return misunderstood(`"${text}" is not an http address`, 'write for example https://core.example.com');
  return understood(url);
}

export const url = parsedText(parseHttpUrl, '^https?://', 'https://core.example.com');
export const headers = z
  .record(words(), words(2000))
  .default({})
  .meta({
    description: 'Request headers; secrets only as references.',
    examples: [{ authorization: 'Bearer ${env:METRICS_TOKEN}' }],
  });
