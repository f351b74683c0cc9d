import { z } from 'zod';
import { emailPattern, mailServerPattern, parseEmail, parseMailServer } from '../language/email.js';
import { understood } from '../language/understood.js';
import { identifier, parsedText, words } from './fields.js';
import { headers } from './http-url.js';

export const pagerDutyUrl = 'https://events.pagerduty.com/v2/enqueue';

/** An address without a name around it. */
export const email = parsedText(parseEmail, emailPattern, 'erin@example.com');

const address = z.string().max(2000);
const optional = z
  .boolean()
  .default(false)
  .meta({ description: "When the address comes out empty, messages only go to the worker's log." });

const mailServer = parsedText(
  (text) => (text === '' ? understood(text) : parseMailServer(text)),
  `^$|${mailServerPattern}`,
  'smtp.example.com:587'
);

const channel = z
  .discriminatedUnion('kind', [
    z
      .strictObject({ kind: z.literal('log').meta({ description: 'Says which kind it is.' }) })
      .meta({ id: 'log', description: "The worker's log." }),
    z
      .strictObject({
        kind: z.literal('webhook').meta({ description: 'Says which kind it is.' }),
        url: address.meta({
          description: 'Where messages are posted as JSON.',
          examples: ['https://hooks.example.com/phasegate'],
        }),
        headers,
        optional,
      })
      .meta({ id: 'webhook', description: 'A webhook.' }),
    z
      .strictObject({
        kind: z.literal('pagerduty').meta({ description: 'Says which kind it is.' }),
        'routing-key': words(2000).meta({
          description: 'Integration key, as a secret reference.',
          examples: ['${env:PAGERDUTY_ROUTING_KEY}'],
        }),
        url: address.default(pagerDutyUrl).meta({ description: 'Where events are sent.' }),
        optional,
      })
      .meta({ id: 'pagerduty', description: 'PagerDuty, by its Events API v2.' }),
    z
      .strictObject({
        kind: z.literal('slack').meta({ description: 'Says which kind it is.' }),
        url: address.meta({
          description: 'An incoming webhook; it may be a secret reference.',
          examples: ['${env:SLACK_OPS_WEBHOOK}'],
        }),
        optional,
      })
      .meta({ id: 'slack', description: 'Slack, by an incoming webhook.' }),
    z
      .strictObject({
        kind: z.literal('email').meta({ description: 'Says which kind it is.' }),
        smtp: mailServer.meta({ description: 'Mail server.', examples: ['smtp.example.com:587'] }),
        security: z.enum(['tls', 'starttls', 'none']).default('starttls').meta({
          description: 'How the connection is secured; `none` only on this machine.',
        }),
        from: email.meta({ description: 'Sender.', examples: ['phasegate@example.com'] }),
        user: words().optional().meta({ description: 'User of the mail server.' }),
        password: words(2000)
          .optional()
          .meta({ description: 'Its password, as a secret reference.', examples: ['${env:SMTP_PASSWORD}'] }),
        to: z
          .array(email)
          .max(50)
          .default([])
          .meta({
            description: 'Addresses that always get it, beside those of whom a message is for.',
            examples: [['executives@example.com']],
          }),
        optional,
      })
      .meta({ id: 'email', description: 'E-mail, by SMTP.' }),
  ])
  .meta({ id: 'alert-channel', description: 'A way to tell people of alerts and incidents.' });

export const channels = z.record(identifier, channel).meta({
  description: 'Where alerts and incidents are told, by the names that the routes of plans use.',
  examples: [{ 'slack-ops': { kind: 'slack', url: '${env:SLACK_OPS_WEBHOOK}' } }],
});
