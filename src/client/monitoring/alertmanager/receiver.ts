import type { Channel, Environment } from '../../../plan/model.js';
import { addressesOf } from './recipients.js';
import { placeholderUrl, secretFile } from './secret-file.js';

export interface Receiver {
  name: string;
  pagerduty_configs?: object[];
  slack_configs?: object[];
  email_configs?: object[];
  webhook_configs?: object[];
}

/** Whom a message of a receiver is for, and how it begins. */
export interface Audience {
  to: readonly string[];
  /** `Nobody acknowledged: `, or nothing. */
  prefix: string;
}

const summary = '{{ range .Alerts }}{{ .Annotations.summary }} {{ end }}';
const body = [
  '{{ range .Alerts }}{{ .Annotations.summary }}',
  '{{ .Annotations.description }}',
  '{{ if .Annotations.business_impact }}Impact: {{ .Annotations.business_impact }}\n{{ end -}}',
  'Plan {{ .Labels.plan }} in {{ .Labels.environment }}, severity {{ .Labels.severity }}',
  'Runbook: {{ if .Annotations.runbook_url }}{{ .Annotations.runbook_url }}{{ else }}{{ .Annotations.runbook }}{{ end }}',
  '{{ end }}',
].join('\n');

/** One receiver of several channels. What Alertmanager cannot do goes to `remarks`. */
export function receiverOf(
  name: string,
  channels: readonly Channel[],
  { to, prefix }: Audience,
  environment: Environment,
  remarks: Set<string>
): Receiver {
  const receiver: Receiver = { name };
  const { addresses, without } = addressesOf(environment, to);
  for (const channel of channels) {
    switch (channel.kind) {
      case 'log':
        remarks.add(`channel ${channel.name} is the log of phasegate's worker, which Alertmanager cannot write`);
        break;
      case 'webhook':
        (receiver.webhook_configs ??= []).push(webhook(channel, remarks));
        break;
      case 'pagerduty':
        (receiver.pagerduty_configs ??= []).push(pagerduty(channel, prefix, remarks));
        break;
      case 'slack':
        (receiver.slack_configs ??= []).push(slack(channel, prefix, remarks));
        break;
      case 'email': {
        const all = [...new Set([...channel.to, ...addresses])];
        for (const role of without)
          remarks.add(`${role}: nobody has an e-mail address, so channel ${channel.name} leaves them out`);
        if (all.length === 0) remarks.add(`channel ${channel.name} of ${name} has no e-mail address to write to`);
        else (receiver.email_configs ??= []).push(email(channel, all, prefix, remarks));
      }
    }
  }
  return receiver;
}

function webhook(channel: Extract<Channel, { kind: 'webhook' }>, remarks: Set<string>): object {
  const secret = placeholderUrl(channel.url);
  if (secret) remarks.add(secret.remark);
  let authorization: object | undefined;
  for (const [header, value] of Object.entries(channel.headers)) {
    const file = secretFile(value);
    const scheme = /^([A-Za-z-]+) \$\{/.exec(value)?.[1];
    if (header.toLowerCase() === 'authorization' && file && scheme !== undefined) {
      remarks.add(file.remark);
      authorization = { type: scheme, credentials_file: file.file };
    } else remarks.add(`channel ${channel.name}: Alertmanager cannot send the header ${header}`);
  }
  return {
    url: secret?.url ?? channel.url,
    send_resolved: true,
    ...(authorization ? { http_config: { authorization } } : {}),
  };
}

function pagerduty(channel: Extract<Channel, { kind: 'pagerduty' }>, prefix: string, remarks: Set<string>): object {
  return {
    ...fileOf(channel.routingKey, 'routing_key_file', remarks),
    url: channel.url,
    send_resolved: true,
    severity: '{{ .CommonLabels.severity }}',
    description: `${prefix}${summary}`,
    component: '{{ .CommonLabels.metric }}',
    group: '{{ .CommonLabels.plan }}',
    details: { text: body },
  };
}

function slack(channel: Extract<Channel, { kind: 'slack' }>, prefix: string, remarks: Set<string>): object {
  const secret = secretFile(channel.url);
  if (secret) remarks.add(secret.remark);
  return {
    ...(secret ? { api_url_file: secret.file } : { api_url: channel.url }),
    send_resolved: true,
    color:
      '{{ if eq .Status "firing" }}{{ if eq .CommonLabels.severity "critical" }}danger{{ else }}warning{{ end }}{{ else }}good{{ end }}',
    title: `[{{ .Status | toUpper }}] ${prefix}${summary}`,
    text: body,
  };
}

function email(
  channel: Extract<Channel, { kind: 'email' }>,
  to: readonly string[],
  prefix: string,
  remarks: Set<string>
): object {
  const { smtp, security, from, user, password } = channel;
  if (security === 'tls' && !smtp.endsWith(':465')) {
    remarks.add(
      `channel ${channel.name}: Alertmanager begins with TLS only on port 465; on others it asks for STARTTLS`
    );
  }
  return {
    to: to.join(', '),
    from,
    smarthost: smtp,
    require_tls: security !== 'none',
    ...(user === undefined ? {} : { auth_username: user }),
    ...(password === undefined ? {} : fileOf(password, 'auth_password_file', remarks)),
    send_resolved: true,
    headers: { Subject: `[{{ .Status | toUpper }}] ${prefix}${summary}` },
    html: '',
    text: body,
  };
}

/** A secret that is no reference never gets here: the environment is refused before. */
function fileOf(value: string, key: string, remarks: Set<string>): Record<string, string> {
  const secret = secretFile(value);
  if (!secret) throw new Error(`${key} is no secret reference`);
  remarks.add(secret.remark);
  return { [key]: secret.file };
}
