import type { EnvironmentDocument } from '../document/environment-document.js';
import { parseHttpUrl } from '../document/http-url.js';
import { isLoopback, parseMailServer } from '../language/email.js';
import { checkReferences, secretHint } from '../language/secret.js';
import type { Path } from '../loading/fault.js';
import type { Loose } from '../loading/loose.js';
import type { LooseEnvironment } from './environment.js';
import type { Report } from './rule.js';
import { namesOf } from './walk.js';

type ChannelDocument = EnvironmentDocument['channels'][string];

/** The channels of alerts have an address, and nobody reads along on the way of a mail. */
export function alertChannels({ channels }: LooseEnvironment, report: Report): void {
  for (const name of namesOf(channels)) {
    const channel = channels?.[name];
    if (!channel) continue;
    const path = ['channels', name];
    if (channel.kind === 'email') checkMail(channel, path, report);
    else if ('url' in channel) {
      checkHook(channel, [...path, 'url'], report);
      if (channel.kind === 'slack') slackSecret(channel.url, [...path, 'url'], report);
    }
  }
}

/** The whole address of a webhook is often the secret: a reference, or an http address that no fault shows. */
export function checkHook(
  { url: written, optional }: { url?: string | undefined; optional?: boolean | undefined },
  path: Path,
  report: Report
): void {
  if (written === undefined || (written === '' && optional)) return;
  if (written.startsWith('${') && checkReferences(written).ok) return;
  const url = parseHttpUrl(written);
  if (url.ok) return;
  report(path, {
    code: 'PG104',
    message: 'the address of the webhook is not an http address',
    hint: url.hint,
    conceal: true,
  });
}

/** Whoever knows the address of a Slack webhook can post there: in the clear only to this machine. */
function slackSecret(written: string | undefined, path: Path, report: Report): void {
  const url = written === undefined ? undefined : parseHttpUrl(written);
  if (!url?.ok || isLoopback(url.value.hostname.replace(/^\[|\]$/g, ''))) return;
  report(path, {
    code: 'PG108',
    message: 'url: the address of a Slack webhook is a secret, and stands in the clear',
    hint: secretHint,
    conceal: true,
  });
}

function checkMail(channel: Loose<Extract<ChannelDocument, { kind: 'email' }>>, path: Path, report: Report): void {
  const { smtp, security, optional } = channel;
  if ('user' in channel !== 'password' in channel) {
    report(path, {
      code: 'PG103',
      message: 'a mail server wants a user and a password, or neither',
      hint: 'write both, or leave both out',
      at: 'key',
    });
  }
  if (smtp === '' && optional !== true) {
    report([...path, 'smtp'], {
      code: 'PG104',
      message: 'there is no mail server',
      hint: 'write for example smtp.example.com:587; optional: true lets it be empty',
    });
  }
  const server = smtp === undefined || smtp === '' ? undefined : parseMailServer(smtp);
  if (security !== 'none' || !server?.ok || isLoopback(server.value.host)) return;
  report([...path, 'security'], {
    code: 'PG123',
    message: `what goes to ${server.value.host} without encryption can be read on the way`,
    hint: 'write starttls or tls; none is for a mail server on this machine',
  });
}
