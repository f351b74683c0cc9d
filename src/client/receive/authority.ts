import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Whether a request has the token, as `Authorization: Bearer TOKEN`; how long the answer takes tells nothing of it. */
export function hasToken(header: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? '';
  return same(given, token);
}

/**
 * Whether PagerDuty signed a body with this secret. While a secret is being changed there are two signatures.
 *
 * @param header of X-PagerDuty-Signature: `v1=<hex>`, several with commas
 */
export function isSigned(header: string | undefined, body: string, secret: string): boolean {
  const signature = `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;
  return (header ?? '').split(',').some((one) => same(one.trim(), signature));
}

/** Digests have one length, so that the comparison cannot tell that of the secret. */
function same(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
