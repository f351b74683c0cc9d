import { z } from 'zod';
import { fail } from '../../fail.js';
import type { FailureDetails } from '../../fail.js';
import type { HttpAnswer } from '../../http/send.js';

const problemShape = z.object({
  name: z.string().optional(),
  message: z.string(),
  details: z.array(z.object({ message: z.string() })).optional(),
});
/** A gateway's answers for a server that did not answer it: what that was asked to do may be done all the same. */
const gaveUp: ReadonlySet<number> = new Set([502, 504]);

/** Of what an answer says is wrong, so much is told: it stands in results, too, not in failures alone. */
const longestWhy = 300;

/**
 * What Unleash answered; undefined for an empty answer.
 *
 * @param scrub takes secrets out of what it says is wrong, of which only the beginning is told
 * @param unknown said where something between us and Unleash gave up waiting for it
 * @throws PG301, PG302, PG303 or PG312
 */
export function parseAnswer(
  { status, body, truncated }: HttpAnswer,
  where: string,
  scrub: (text: string) => string,
  unknown: Pick<FailureDetails, 'hint'>
): unknown {
  if (status >= 200 && status < 300) {
    if (body === '') return undefined;
    try {
      if (!truncated) return JSON.parse(body) as unknown;
    } catch {
      // Said below, with the place.
    }
    throw fail('PG312', 'the answer of Unleash is no JSON, or too long', { where, retryable: true });
  }
  const why = `${status} ${problemIn(scrub(body))}`;
  if (status === 404 && isUnleashsOwn(body)) throw fail('PG302', `Unleash does not know it: ${why}`, { where });
  if (status === 404 || status === 429 || status >= 500)
    throw fail('PG301', `Unleash cannot answer now: ${why}`, { where, ...(gaveUp.has(status) ? unknown : {}) });
  throw fail('PG303', `Unleash refuses: ${why}`, { where });
}

/** A 404 of something in front of Unleash says nothing of the flag. */
function isUnleashsOwn(body: string): boolean {
  try {
    return problemShape.parse(JSON.parse(body)).name === 'NotFoundError';
  } catch {
    return false;
  }
}

/** What Unleash says is wrong, or the beginning of what something else (a proxy) says in its place. */
function problemIn(body: string): string {
  try {
    const { message, details } = problemShape.parse(JSON.parse(body));
    const more = details?.map((detail) => detail.message).filter((text) => !message.includes(text)) ?? [];
    return [message, ...more].join(' ').slice(0, longestWhy);
  } catch {
    return body.slice(0, 200);
  }
}

/** What an answer must be; PG312 when it is not. */
export function understand<T>(shape: z.ZodType<T>, value: unknown, path: string): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw fail(
    'PG312',
    `the answer of Unleash is not as expected: ${z.prettifyError(parsed.error).slice(0, longestWhy)}`,
    {
      where: path,
      retryable: true,
    }
  );
}
