import { z } from 'zod';
import { attest, check } from './check.js';
import { exactlyOne, flagKey, identifier, onFail, positiveDuration, words } from './fields.js';
import { criteria, windowKeys, windowOptions } from './window.js';

const base = {
  id: identifier.meta({ description: 'Unique in its phase.', examples: ['enable'] }),
  title: words().optional().meta({ description: 'What people read. Default: made from the step.' }),
  'on-fail': onFail,
} as const;

const cannotUndo = words(500)
  .optional()
  .meta({
    description: 'Says why this action has no way back. Behind it a failure is a HOLD, and people choose.',
    examples: ['the old table is dropped'],
  });

const percent = z.number().gt(0).max(100);

const flag = z
  .strictObject({
    ...base,
    key: flagKey.meta({ description: 'Key of the flag.', examples: ['ENABLE_NEW_CORE'] }),
    to: z.boolean().meta({ description: 'On or off.' }),
    percent: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .meta({
        description: 'Share of traffic, 0 to 100. Default: 100, which the preview points out.',
        examples: [5],
      }),
    include: z
      .array(words())
      .default([])
      .meta({ description: 'Users that always get the flag.', examples: [['release-test-user']] }),
    'cannot-undo': cannotUndo,
  })
  .meta({ id: 'flag', description: 'Sets a feature flag for named users and a share of traffic.' });

const deploy = z
  .strictObject({
    ...base,
    target: identifier.meta({ description: 'A deploy target of the environment.', examples: ['agent-execution-core'] }),
    revision: words(500)
      .regex(/^(?!-)/, { error: 'give one that does not begin with -: a program would take it for an option' })
      .meta({ description: 'What to deploy.', examples: ['{{vars.revision}}'] }),
    repeatable: z.boolean().default(false).meta({
      description: 'Whether the command may run twice. One that may not goes to HOLD when nobody knows if it ran.',
    }),
    'cannot-undo': cannotUndo,
  })
  .meta({ id: 'deploy', description: 'Deploys a revision to a target of the environment.' });

const watch = z
  .strictObject({ ...base, ...windowKeys, criteria })
  .meta({ id: 'watch', description: 'Watches metrics for a time.' });

const traffic = z
  .strictObject({
    ...base,
    flag: flagKey.meta({ description: 'Key of the flag whose share rises.' }),
    percent: z
      .array(percent)
      .min(1)
      .max(20)
      .meta({ description: 'Ascending shares of traffic.', examples: [[25, 50, 100]] }),
    hold: positiveDuration.meta({ description: 'How long each share is watched.', examples: ['10m'] }),
    ...windowOptions,
    criteria: criteria.optional().meta({ description: 'Default: the success criteria of the phase.' }),
    'cannot-undo': cannotUndo,
  })
  .meta({ id: 'traffic', description: 'Exposes more traffic, share by share, each watched.' });

export const stepKinds = ['flag', 'deploy', 'check', 'attest', 'watch', 'traffic'] as const;

export const step = exactlyOne(
  z.strictObject({
    flag: flag.optional(),
    deploy: deploy.optional(),
    check: check.optional(),
    attest: attest.optional(),
    watch: watch.optional(),
    traffic: traffic.optional(),
  }),
  stepKinds
).meta({
  id: 'step',
  description: 'One thing that a phase does, by its only key.',
  minProperties: 1,
  maxProperties: 1,
});
