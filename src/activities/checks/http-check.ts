import { isHostAllowed } from '../../plan/hosts.js';
import type { Environment, HttpCheck } from '../../plan/model.js';
import type { Tools } from '../deps.js';
import { NoAnswer, send } from '../http/send.js';
import type { HttpAnswer } from '../http/send.js';
import type { Scope } from '../scope.js';
import type { Finding } from './finding.js';

const tries = 3;
const pauseMs = 500;
/** Answers in which somebody before the service says that it cannot be reached just now. */
const passing = [502, 503, 504];

/**
 * One HTTP request against what is expected. An unexpected answer is FAIL, no answer is HOLD; both after three tries
 * where trying again may help. Only hosts of the environment are called, and no redirect is followed.
 */
export async function httpCheck(
  check: HttpCheck,
  environment: Pick<Environment, 'httpAllow'>,
  tools: Tools,
  scope: Scope
): Promise<Finding> {
  const forbidden = refuseUrl(check.url, environment.httpAllow);
  if (forbidden !== undefined) return { verdict: 'HOLD', reason: forbidden, facts: { url: check.url } };
  const exchanges: object[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const at = tools.clock.now();
    const answer = await ask(check, tools, scope);
    exchanges.push({ attempt, at, endedAt: tools.clock.now(), answer });
    const again = 'problem' in answer || (passing.includes(answer.status) && !check.status.includes(answer.status));
    if (again && attempt < tries) {
      await tools.clock.sleep(pauseMs * attempt, scope.signal);
      continue;
    }
    const facts = { check, exchanges };
    if ('problem' in answer) {
      return { verdict: 'HOLD', reason: `${check.method} ${check.url}: ${answer.problem} (${tries} tries)`, facts };
    }
    return { ...judge(check, answer), output: answer.body, facts };
  }
}

async function ask(check: HttpCheck, tools: Tools, scope: Scope): Promise<HttpAnswer | { problem: string }> {
  const { secrets } = tools;
  try {
    return await send(
      {
        url: secrets.resolve(check.url),
        method: check.method,
        headers: Object.fromEntries(
          Object.entries(check.headers).map(([name, value]) => [name, secrets.resolve(value)])
        ),
        ...(check.body === undefined ? {} : { body: secrets.resolve(check.body) }),
        timeoutMs: check.timeout.ms,
        signal: scope.signal,
      },
      tools.fetch
    );
  } catch (error) {
    if (error instanceof NoAnswer) return { problem: error.message };
    throw error;
  }
}

function judge(
  check: HttpCheck,
  { status, body, truncated, headers }: HttpAnswer
): Pick<Finding, 'verdict' | 'reason'> {
  const said = `${check.method} ${check.url} answered ${status}`;
  if (!check.status.includes(status)) {
    const location = headers['location'];
    const redirect = location === undefined ? '' : ` (to ${location}; redirects are not followed)`;
    return { verdict: 'FAIL', reason: `${said}${redirect}, expected ${check.status.join(' or ')}` };
  }
  if (check.contains === undefined || body.includes(check.contains)) return { verdict: 'PASS', reason: said };
  const missing = `without ${JSON.stringify(check.contains)}`;
  return truncated
    ? { verdict: 'HOLD', reason: `${said}, ${missing} in its first 64 KiB; the rest was not read` }
    : { verdict: 'FAIL', reason: `${said} ${missing}` };
}

function refuseUrl(text: string, hosts: readonly string[]): string | undefined {
  if (!URL.canParse(text)) return `PG308: ${text} is not a URL`;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return `PG308: ${text} is neither http nor https`;
  if (url.username !== '' || url.password !== '') return `PG308: the URL of ${url.host} carries a user or password`;
  if (isHostAllowed(url, hosts)) return undefined;
  return `PG308: host ${url.host} is not allowed (allowed: ${hosts.join(', ') || 'none'}); name it under http.allow`;
}
