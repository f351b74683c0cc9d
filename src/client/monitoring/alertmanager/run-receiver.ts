import { parseHttpUrl } from '../../../plan/document/http-url.js';
import { PhasegateError } from '../../../plan/errors.js';
import { isLoopback } from '../../../plan/language/email.js';
import { checkSecret } from '../../../plan/language/secret.js';
import type { Receiver } from './receiver.js';
import { secretFile } from './secret-file.js';

/** Where `phasegate receive` listens, and the reference to its token. */
export interface RunReceiver {
  url: string;
  token: string;
}

export const runReceiverName = 'phasegate';
const path = '/alertmanager';
/** As `phasegate receive` has it. */
const usualToken = '${env:PHASEGATE_RECEIVE_TOKEN}';

/**
 * The receiver that options name; a proxy may have put a path before its own.
 *
 * @throws PhasegateError PG407 when the address is none, or the token is no reference that Alertmanager can read
 */
export function runReceiverOf(options: { receiver?: string; token?: string }): RunReceiver | undefined {
  const { receiver, token = usualToken } = options;
  if (receiver === undefined) {
    if (options.token === undefined) return undefined;
    throw refused(
      '--token',
      'it is that of a receiver, and none is named',
      'name it: --receiver http://127.0.0.1:9095'
    );
  }
  const url = parseHttpUrl(receiver);
  if (!url.ok) throw refused('--receiver', url.problem, 'write for example --receiver http://127.0.0.1:9095');
  const { origin, pathname, search, hash } = url.value;
  if (search !== '' || hash !== '')
    throw refused('--receiver', `"${receiver}" has more than an address`, 'leave out all from ? or # on');
  if (!checkSecret(token).ok || !/^\$\{[^}]*\}$/.test(token))
    throw refused(
      '--token',
      'it is no secret reference',
      "write '${file:path}', as Alertmanager finds it, or '${env:NAME}'"
    );
  const before = pathname.replace(/\/$/, '');
  return { url: `${origin}${before.endsWith(path) ? before : `${before}${path}`}`, token };
}

function refused(where: string, problem: string, hint: string): PhasegateError {
  return new PhasegateError('PG407', problem, { where, hint });
}

/** Tells the run of what fires. What is resolved says nothing there. */
export function runReceiver({ url, token }: RunReceiver, remarks: Set<string>): Receiver {
  const secret = secretFile(token);
  if (!secret) throw new Error('the token of the receiver is no secret reference');
  remarks.add(secret.remark);
  const { protocol, hostname } = new URL(url);
  if (protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, '')))
    remarks.add(`the token of the receiver goes to ${hostname} unencrypted: give it an https address`);
  const authorization = { type: 'Bearer', credentials_file: secret.file };
  return { name: runReceiverName, webhook_configs: [{ url, send_resolved: false, http_config: { authorization } }] };
}
