import { z } from 'zod';
import { exitCodeWords } from './exit-code-words.js';
import { argv, exactlyOne, identifier, positiveDuration } from './fields.js';
import { headers } from './http-url.js';

export const deployTarget = z
  .strictObject({
    read: argv.meta({ description: 'Prints the revision that runs now.', examples: [['./ops/deployed', 'core']] }),
    apply: argv.meta({ description: 'Deploys `{{revision}}`.', examples: [['./ops/deploy', 'core', '{{revision}}']] }),
    undo: z
      .union([z.literal('none'), argv])
      .optional()
      .meta({
        description:
          'Brings `{{revision}}`, the one before, back. Default: as `apply`. `none`: there is no way back, and steps must say so.',
        examples: ['none'],
      }),
    timeout: positiveDuration
      .default('10m')
      .meta({ description: 'Time for each command; never compressed.', examples: ['10m'] }),
  })
  .meta({ id: 'deploy-target', description: `Commands of a deploy target. ${exitCodeWords}` });

export const channel = exactlyOne(
  z.strictObject({
    log: z
      .strictObject({ name: identifier.meta({ description: 'Name of the channel.', examples: ['worker-log'] }) })
      .optional()
      .meta({ id: 'log-channel', description: "The worker's log." }),
    webhook: z
      .strictObject({
        name: identifier.meta({ description: 'Name of the channel.', examples: ['ops'] }),
        url: z
          .string()
          .max(2000)
          .meta({
            description: 'Where messages are posted as JSON.',
            examples: ['https://hooks.example.com/phasegate'],
          }),
        headers,
        optional: z
          .boolean()
          .default(false)
          .meta({ description: 'Leave the channel out when the address comes out empty.' }),
      })
      .optional()
      .meta({ id: 'webhook-channel', description: 'A webhook.' }),
  }),
  ['log', 'webhook']
).meta({ id: 'channel', description: 'Where people are told.', minProperties: 1, maxProperties: 1 });
