import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { PhasegateError } from '../../../plan/errors.js';
import { isLoopback } from './hosts.js';

/** Shorter ones can be guessed. */
const shortest = 16;

/**
 * The token that a dashboard asks for; undefined when it needs none.
 *
 * @param names under which it is reached beside its host
 * @param variable the environment variable that has it
 * @throws PhasegateError PG431 when others reach it and it has none; PG432 when the variable has none that will do
 */
export function requiredToken(
  { host, names }: { host: string; names: readonly string[] },
  variable: string | undefined,
  env: NodeJS.ProcessEnv
): string | undefined {
  if (variable === undefined) {
    const reached = [host, ...names].find((name) => !isLoopback(name));
    if (reached === undefined) return undefined;
    throw new PhasegateError('PG431', `${reached} is reached from other machines, and the dashboard has no token`, {
      where: reached === host ? '--host' : '--name',
    });
  }
  const token = env[variable]?.trim() ?? '';
  if (token.length >= shortest) return token;
  const what = token === '' ? 'is not set, or empty' : `has fewer than ${shortest} characters`;
  throw new PhasegateError('PG432', `the variable ${variable} ${what}`, { where: '--token-env' });
}

/** Who may look: everybody where there is no token, else who has it, in a header or as a cookie made from it. */
export class Door {
  private readonly token: string | undefined;
  /** The cookie is good for this server only, and does not give the token away. */
  private readonly session: string;

  constructor(token: string | undefined) {
    this.token = token;
    this.session = createHmac('sha256', randomBytes(32))
      .update(token ?? '')
      .digest('hex');
  }

  isOpen(request: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
    if (this.token === undefined) return true;
    const kept = new RegExp(`(?:^|;\\s*)${cookieName(request)}=([0-9a-f]+)`);
    const [, cookie = ''] = kept.exec(request.headers.cookie ?? '') ?? [];
    return this.hasToken(request) || same(cookie, this.session);
  }

  /** Whether the header `authorization` has the token itself. */
  hasToken({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
    const [, given = ''] = /^Bearer (.+)$/i.exec(headers.authorization ?? '') ?? [];
    return this.token !== undefined && same(given.trim(), this.token);
  }

  /** What a browser keeps, so that the token is typed once. */
  cookie(request: Pick<IncomingMessage, 'socket'>): string {
    return `${cookieName(request)}=${this.session}; HttpOnly; SameSite=Strict; Path=/`;
  }
}

/** A host's cookies go to all of its ports: another dashboard there must not take the place of this one's. */
function cookieName({ socket }: Pick<IncomingMessage, 'socket'>): string {
  return `phasegate-dashboard-${socket.localPort ?? 0}`;
}

/** In the same time whatever is given, and however long it is. */
function same(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
