import { z } from 'zod';
import { channels, email } from './channels.js';
import { environmentName, identifier, personName, positiveDuration, variableName, words } from './fields.js';
import { url } from './http-url.js';
import { variable } from './plan-document.js';
import { blackouts, timeZone } from './schedule.js';
import { flags, metrics } from './sources.js';
import { channel, deployTarget } from './targets.js';

/** The environment: where a plan runs. */
export const environmentDocument = z
  .strictObject({
    phasegate: z.literal('environment/v1').meta({ description: 'Says what this document is.' }),
    id: identifier.meta({ description: 'Part of the workflow id.', examples: ['production'] }),
    title: words().meta({ description: 'What people read.' }),
    kind: z
      .enum(['demo', 'test', 'staging', 'production'])
      .meta({ description: 'Production refuses compressed time.' }),
    'time-zone': timeZone
      .default('UTC')
      .meta({ description: 'Zone of schedules and blackouts.', examples: ['Europe/Berlin'] }),
    blackouts: blackouts.default([]),
    vars: z
      .record(variableName, variable)
      .default({})
      .meta({ description: 'Values that are given at the start; a default here wins over that of the plan.' }),
    compress: z
      .strictObject({
        scale: z
          .number()
          .min(1)
          .max(100_000)
          .meta({
            description: 'Divides windows, holds, warm-ups, deadlines, soaks and the time of people.',
            examples: [180],
          }),
        cap: positiveDuration
          .optional()
          .meta({ description: 'Cuts soaks, stable checks and schedule waits.', examples: ['10s'] }),
        'people-minimum': positiveDuration
          .default('60s')
          .meta({ description: 'Approvals, attestations and HOLDs never wait less than this: people need to type.' }),
      })
      .optional()
      .meta({ id: 'compress', description: 'Compressed time for demos; every status and report says so.' }),
    trust: z.enum(['identity']).meta({ description: '`identity`: names are believed, and every report says so.' }),
    people: z
      .record(
        personName,
        z
          .strictObject({
            title: words().meta({ description: 'Who it is.', examples: ['Dana Weiss'] }),
            roles: z.array(identifier).meta({
              description: 'Roles of the plan; none for somebody who starts, stops and looks, and decides nothing.',
              examples: [['release-manager'], []],
            }),
            email: email.optional().meta({ description: 'Where alerts reach this person.' }),
          })
          .meta({ id: 'person', description: 'One person.' })
      )
      .meta({ description: 'Name -> who it is and the roles held.' }),
    flags,
    metrics,
    deploy: z.record(identifier, deployTarget).default({}).meta({ description: 'Deploy targets.' }),
    services: z
      .record(identifier, url)
      .default({})
      .meta({
        description: 'Name -> address, for `{{env.services.NAME}}`; checks may call these hosts.',
        examples: [{ core: 'https://core.example.com' }],
      }),
    http: z
      .strictObject({
        allow: z
          .array(
            z
              .string()
              .regex(/^[A-Za-z0-9.-]+(?::\d{1,5})?$/, { error: 'a host or host:port, like status.example.com:8443' })
          )
          .meta({ description: 'Further hosts that checks may call.', examples: [['status.example.com']] }),
      })
      .optional()
      .meta({ id: 'http', description: 'Where checks may go.' }),
    commands: z
      .strictObject({
        cwd: words(1000)
          .default('.')
          .meta({ description: "Where commands run, relative to the worker's working directory.", examples: ['demo'] }),
        env: z
          .record(environmentName, z.string().max(4000))
          .default({})
          .meta({ description: 'Variables of every command; secrets only as references.' }),
        allow: z
          .array(words())
          .default([])
          .meta({
            description: 'Programs that plan and environment may run; `./ops/*` allows all of a folder.',
            examples: [['./ops/*']],
          }),
      })
      .default({ cwd: '.', env: {}, allow: [] })
      .meta({ id: 'commands', description: 'How commands run.' }),
    channels: channels.default({}),
    contacts: z
      .record(identifier, email)
      .default({})
      .meta({
        description:
          'Role or group of the plan -> e-mail address. Of a role it is told in place of the addresses of its people.',
        examples: [{ 'engineering-team': 'engineering-team@example.com' }],
      }),
    notify: z
      .array(channel)
      .min(1)
      .max(20)
      .meta({
        description: 'Where people are told of requests, reminders and ends.',
        examples: [[{ log: { name: 'worker-log' } }]],
      }),
  })
  .meta({
    title: 'phasegate environment',
    description: 'Where a plan runs: flag system, metrics, deploy targets, people and channels.',
  });

export type EnvironmentDocument = z.output<typeof environmentDocument>;
