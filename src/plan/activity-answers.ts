import { z } from 'zod';
import type { RemovedFlag } from './cleanup/course.js';

/**
 * What the answer of each activity must look like to be believed. Keys that are not named here pass: a worker may be
 * newer than the workflow that asks it. `src/activities/contract.ts` has the types.
 */
const text = z.string();
const evidence = z.looseObject({ digest: text, bytes: z.number() });
const verdict = z.enum(['PASS', 'FAIL', 'HOLD']);
const finding = { verdict, reason: text, endedAt: z.number(), evidence };

const flagState = z.looseObject({
  type: z.literal('flag'),
  key: text,
  exists: z.boolean(),
  enabled: z.boolean(),
  percent: z.number(),
  include: z.array(text),
});
const removedFlag = z.looseObject({ key: text, at: z.number(), state: z.enum(['removing', 'removed']) });
const targetState = z.discriminatedUnion('type', [
  flagState,
  z.looseObject({ type: z.literal('deploy'), target: text, revision: text }),
]);
const change = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('flag'), key: text, enabled: z.boolean(), percent: z.number() }),
  z.looseObject({ type: z.literal('deploy'), target: text, revision: text }),
]);
const ledgerEntry = z.looseObject({
  id: text,
  phase: text,
  step: text,
  attempt: z.number(),
  title: text,
  change,
  before: targetState,
  capturedAt: z.number(),
  runId: text,
  idempotencyKey: text,
});
const told = z.looseObject({ rank: z.number(), since: z.number() });
const criterion = z.looseObject({ text, metric: text, ok: z.number(), breaches: z.number(), notValid: z.number() });

/** What the memo of a clean-up says of flags that it removed; undefined when it is none. */
export function readRemovedFlags(memo: unknown): RemovedFlag[] | undefined {
  return z.array(removedFlag).safeParse(memo).data as RemovedFlag[] | undefined;
}

export const activityAnswers: Readonly<Record<string, z.ZodType>> = {
  captureChange: ledgerEntry,
  applyChange: z.looseObject(finding),
  verifyChange: z.looseObject({ ...finding, found: text }),
  undoChange: z.looseObject({
    entryId: text,
    changed: z.boolean(),
    state: targetState,
    reason: text,
    endedAt: z.number(),
    evidence,
  }),
  runCheck: z.looseObject(finding),
  captureBaseline: z.looseObject({
    at: z.number(),
    values: z.record(text, z.number()),
    missing: z.record(text, text),
    evidence,
  }),
  measurePeriod: z.looseObject({
    from: z.number(),
    to: z.number(),
    values: z.record(
      text,
      z.looseObject({ mean: z.number(), min: z.number(), max: z.number(), last: z.number(), increase: z.number() })
    ),
    missing: z.record(text, text),
    endedAt: z.number(),
    evidence,
  }),
  watchCheck: z.looseObject({ ...finding, looks: z.number(), missed: z.number() }),
  watchMetrics: z.looseObject({
    state: z.looseObject({
      t0: z.number(),
      nextK: z.number(),
      metrics: z.record(text, z.looseObject({ told })),
      causes: z.record(text, z.looseObject({ told })),
      blind: told,
    }),
    news: z.array(
      z.discriminatedUnion('kind', [
        z.looseObject({ kind: z.literal('metric'), metric: text, from: text, to: text, at: z.number(), reason: text }),
        z.looseObject({
          kind: z.literal('cause'),
          cause: text,
          metric: text,
          holds: z.boolean(),
          at: z.number(),
          reason: text,
        }),
        z.looseObject({ kind: z.literal('blind'), blind: z.boolean(), at: z.number(), reason: text }),
      ])
    ),
    endedAt: z.number(),
  }),
  watchWindow: z.looseObject({
    ...finding,
    verdict: verdict.optional(),
    startedAt: z.number(),
    samples: z.number(),
    criteria: z.array(criterion),
    state: z.looseObject({ t0: z.number(), nextK: z.number(), criteria: z.array(z.unknown()), heldMs: z.number() }),
  }),
  notify: z.looseObject({ delivered: z.array(text), failed: z.record(text, text), endedAt: z.number() }),
  tellChannel: z.looseObject({ endedAt: z.number() }),
  verifyIdentity: z.discriminatedUnion('accepted', [
    z.looseObject({ accepted: z.literal(true), how: z.enum(['identity', 'signature']) }),
    z.looseObject({ accepted: z.literal(false), reason: text }),
  ]),
  recordEvidence: evidence,
  captureFlags: z.looseObject({ ...finding, flags: z.array(flagState) }),
  removeFlags: z.looseObject(finding),
  verifyRemoval: z.looseObject({ ...finding, left: z.array(text) }),
  cleanupDays: z.looseObject({
    groups: z.record(text, z.looseObject({ opensAt: z.number(), dueAt: z.number() })),
    askedAt: z.number(),
  }),
  closeCleanup: z.looseObject({ removed: z.array(removedFlag) }),
  readHandover: z.discriminatedUnion('lost', [
    z.looseObject({ lost: z.literal(false) }),
    z.looseObject({ lost: z.literal(true), handover: z.looseObject({ schemaVersion: z.literal(1) }) }),
  ]),
  // A stored document, not what it says.
  readEvidence: text.startsWith('{'),
  acquireLocks: z.discriminatedUnion('granted', [
    z.looseObject({ granted: z.literal(true) }),
    z.looseObject({
      granted: z.literal(false),
      conflicts: z.array(
        z.looseObject({ key: text, holder: z.looseObject({ run: text, runId: text, startedBy: text }) })
      ),
    }),
  ]),
  readLedger: z.looseObject({ entries: z.array(ledgerEntry), askedBy: text }),
  readRollbacks: z.looseObject({
    undone: z.array(text),
    open: z.boolean().optional(),
    result: z.looseObject({ verified: z.boolean(), undone: z.array(text) }).optional(),
  }),
  scheduleOpening: z.looseObject({
    opensAt: z.number(),
    closesAt: z.number().optional(),
    closed: text.optional(),
    freeze: z.looseObject({ at: z.number(), then: z.enum(['hold', 'retreat']), reason: text }).optional(),
    text,
    askedAt: z.number(),
  }),
};

/**
 * Why an activity's answer cannot be believed, in one line; undefined when it can. An activity that answers nothing has
 * nothing to be believed.
 */
export function problemWithAnswer(activity: string, answer: unknown): string | undefined {
  const parsed = activityAnswers[activity]?.safeParse(answer);
  if (parsed === undefined || parsed.success) return undefined;
  const [issue] = parsed.error.issues;
  const where = issue && issue.path.length > 0 ? ` at ${issue.path.join('.')}` : '';
  return `${activity} answered something else than it should${where}: ${issue?.message ?? 'wrong shape'}`;
}
