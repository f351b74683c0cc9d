import { z } from 'zod';
import { exitCodeWords } from './exit-code-words.js';
import {
  argv,
  environmentName,
  exactlyOne,
  flagKey,
  identifier,
  longText,
  itemOnFail,
  positiveDuration,
  words,
} from './fields.js';
import { criterionText, windowOptions } from './window.js';

const http = z
  .strictObject({
    url: words(2000).meta({
      description: 'http or https; its host must be allowed in the environment.',
      examples: ['{{env.services.core}}/healthz'],
    }),
    method: z.enum(['GET', 'HEAD', 'POST']).default('GET').meta({ description: 'HTTP method.' }),
    status: z
      .union([z.int().min(100).max(599), z.array(z.int().min(100).max(599)).min(1)])
      .default(200)
      .meta({ description: 'Status or statuses that pass.', examples: [200, [200, 204]] }),
    contains: longText(2000)
      .optional()
      .meta({ description: 'Text that the body must contain.', examples: ['"status":"ok"'] }),
    headers: z
      .record(words(), words(2000))
      .default({})
      .meta({
        description: 'Request headers; secrets only as references.',
        examples: [{ authorization: 'Bearer ${env:HEALTH_TOKEN}' }],
      }),
    body: z.string().max(20_000).optional().meta({ description: 'Request body of a POST.' }),
    timeout: positiveDuration
      .default('10s')
      .meta({ description: 'Time for the whole answer; never compressed.', examples: ['10s'] }),
  })
  .meta({ id: 'http-check', description: 'Asks an address and looks at the answer.' });

const longCommand = z
  .strictObject({
    run: argv,
    timeout: positiveDuration
      .default('5m')
      .meta({ description: 'Time for the command; never compressed.', examples: ['5m'] }),
    env: z
      .array(environmentName)
      .default([])
      .meta({
        description:
          'Names of variables of the worker that the command may see, beyond those of the environment document.',
        examples: [['KUBECONFIG']],
      }),
  })
  .meta({ id: 'long-command', description: `A command with its options. ${exitCodeWords}` });

const flagState = z
  .strictObject({
    key: flagKey.meta({ description: 'Key of the flag.' }),
    enabled: z.boolean().optional().meta({ description: 'Whether it must be on.' }),
    percent: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .meta({ description: 'Share of traffic, 0 to 100, that it must have.' }),
  })
  .meta({ id: 'flag-check', description: 'Reads a flag back.', examples: [{ key: 'ENABLE_NEW_CORE', enabled: true }] });

const stable = z
  .strictObject({
    phases: z
      .array(identifier)
      .min(1)
      .meta({ description: 'Phases whose success criteria must hold.', examples: [['1a', '1b']] }),
    for: positiveDuration.meta({
      description: 'For how long up to now, since the last of them was done.',
      examples: ['48h'],
    }),
    ...windowOptions,
  })
  .meta({
    id: 'stable-check',
    description:
      'The success criteria of earlier phases, held without a break up to now, since the last of them was done.',
  });

const validFor = positiveDuration.optional().meta({
  description:
    'Under pre-deployment and before: how long an answer counts. When it is older before the stage is closed, or when the first change comes, it is asked for again.',
  examples: ['24h', '30m'],
});

const kinds = ['http', 'command', 'metric', 'flag', 'stable'] as const;

/** Looks and changes nothing. */
export const check = exactlyOne(
  z.strictObject({
    id: identifier.meta({ description: 'Unique in its phase.', examples: ['smoke'] }),
    title: words().optional().meta({ description: 'What people read. Default: made from the check.' }),
    http: http.optional(),
    command: z
      .union([argv, longCommand])
      .optional()
      .meta({
        description:
          'Runs a program of the environment: exit 0 passes, 3, 75, 126, 127 and death by a signal are a HOLD, any other fails.',
        examples: [['./ops/smoke', 'critical-path']],
      }),
    metric: criterionText.optional().meta({
      description:
        'One reading of a metric, now; one without a value is asked for again twice, a second later each, before the check is on hold.',
      examples: ['error_rate < 1%'],
    }),
    flag: flagState.optional(),
    stable: stable.optional(),
    'valid-for': validFor,
    'on-fail': itemOnFail,
  }),
  kinds
).meta({
  id: 'check',
  description: 'A step that looks and changes nothing.',
  oneOf: kinds.map((kind) => ({ required: [kind] })),
});

/** A checklist item that a person answers. */
export const attest = z
  .strictObject({
    id: identifier.meta({ description: 'Unique in its phase.', examples: ['team-assembled'] }),
    title: words().meta({ description: 'What the person confirms.', examples: ['Deployment team online'] }),
    by: identifier.meta({ description: 'Role that answers.', examples: ['release-manager'] }),
    evidence: z
      .enum(['required', 'optional'])
      .default('optional')
      .meta({ description: 'Whether the answer needs a note or a link.' }),
    'not-applicable': z.boolean().default(false).meta({ description: 'Whether "not applicable" is an answer.' }),
    expires: positiveDuration.default('24h').meta({
      description: 'How long the answer may take; then it is a HOLD, before all phases a longer wait.',
      examples: ['4h'],
    }),
    'remind-every': positiveDuration.optional().meta({
      description:
        'Time between reminders; before all phases it grows to a day. Default: a quarter of `expires`, at most 4h.',
      examples: ['2h'],
    }),
    'valid-for': validFor,
    'on-fail': itemOnFail,
  })
  .meta({
    id: 'attest',
    description: 'A checklist item that a person in a role answers: done, failed or not applicable.',
  });

/** An item of a checklist: a check or an attestation. */
export const checklistItem = exactlyOne(z.strictObject({ check: check.optional(), attest: attest.optional() }), [
  'check',
  'attest',
]).meta({
  id: 'checklist-item',
  description: 'A check or an attestation.',
  minProperties: 1,
  maxProperties: 1,
});

/** A list item that can only be a check. */
export const checkItem = z.strictObject({ check }).meta({ id: 'check-item', description: 'A check.' });
