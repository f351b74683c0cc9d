import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';

const root = path.resolve(import.meta.dirname, '../../..');

/** Where the channels of the shipped plan lead, each a server on loopback. */
interface Places {
  pager: { url: string };
  slack: { url: string };
  mail: { smtp: string };
}

export const routingKey = 'canary-routing-key';

/**
 * The shipped plan and its example of a production as somebody would adapt them: ids and addresses of their own, secrets in
 * files beside them, and minutes that pass as seconds.
 */
export function adaptedPlan(
  folder: string,
  ids: { plan: string; environment: string },
  { pager, slack, mail }: Places
): { plan: string; environment: string } {
  const read = (file: string): object => parse(readFileSync(path.join(root, file), 'utf8')) as object;
  const write = (name: string, document: object): string => {
    const file = path.join(folder, name);
    writeFileSync(file, stringify(document, { aliasDuplicateObjects: false }));
    return file;
  };
  const email = { kind: 'email', smtp: mail.smtp, security: 'none', from: 'phasegate@company.com' };
  return {
    plan: write('plan.yaml', { ...read('plans/user-execution-context.yaml'), id: ids.plan }),
    environment: write('environment.yaml', {
      ...read('environments/example-production.yaml'),
      id: ids.environment,
      kind: 'test',
      compress: { scale: 60, 'people-minimum': '1s' },
      channels: {
        pagerduty: {
          kind: 'pagerduty',
          url: `${pager.url}/v2/enqueue`,
          'routing-key': secretIn(folder, 'routing-key', routingKey),
        },
        'slack-ops': { kind: 'slack', url: secretIn(folder, 'slack-ops', `${slack.url}/ops`) },
        'slack-eng': { kind: 'slack', url: secretIn(folder, 'slack-eng', `${slack.url}/eng`) },
        'email-exec': email,
        'email-eng': email,
      },
    }),
  };
}

/** A file that Alertmanager can read, and the reference to it. */
export function secretIn(folder: string, name: string, value: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, `${value}\n`, { mode: 0o600 });
  return `\${file:${file}}`;
}
