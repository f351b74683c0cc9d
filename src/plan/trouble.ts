import { z } from 'zod';

/** The signal by which the guard, or a receiver of other systems' alerts, tells a run of trouble. Not for people. */
export const troubleSignal = 'trouble';
/** The signal by which a receiver of other systems tells an alert that somebody acknowledged it there. Not for people. */
export const acknowledgedElsewhereSignal = 'acknowledgedElsewhere';
/** The signal by which the guard tells an alert how its metric stands now. */
export const levelSignal = 'level';

const text = z.string().max(2000);

/** Facts for the words that people read. */
const context = z.record(z.string().max(100), z.string().max(500)).optional();

const trouble = z.strictObject({
  /** The same trouble told again has the same key. */
  dedupKey: z.string().min(1).max(300),
  source: z.enum(['guard', 'alertmanager']),
  /** Id of a cause of the plan's incidents; absent: only the metric and its level are known. */
  cause: z.string().max(100).optional(),
  metric: z.string().max(200).optional(),
  /** `unknown`: the other system's word for it is none that is known, so people choose. */
  level: z.enum(['warning', 'critical', 'unknown']).optional(),
  /** Id of the phase whose component fails, where somebody says so. */
  phase: z.string().max(100).optional(),
  title: text,
  reason: text,
  /** Epoch ms of the sample, or of the other system's alert. */
  at: z.number(),
  /** Of the metric, in its canonical unit. */
  value: z.number().optional(),
  context,
});
export type Trouble = z.infer<typeof trouble>;

/** Undefined when it is none: anybody can send a signal. */
export function readTrouble(raw: unknown): Trouble | undefined {
  return trouble.safeParse(raw).data;
}

const level = z.strictObject({
  level: z.enum(['warning', 'critical', 'no-data', 'recovered', 'unwatched']),
  reason: text,
  value: z.number().optional(),
  at: z.number(),
  context,
  /** What is counted has grown since people were told, by so much that they must hear of it again. */
  grown: z.literal(true).optional(),
  /** Key of the page that people get for it together with others; absent: it is a page of its own. */
  page: z.string().max(600).optional(),
  /** Run id: an alert of that run does not hear it. */
  exceptOf: z.string().max(100).optional(),
});
/** `recovered` and `unwatched` (nobody watches any more) close the alert. */
export type LevelNews = z.infer<typeof level>;

export function readLevel(raw: unknown): LevelNews | undefined {
  return level.safeParse(raw).data;
}

const acknowledgedElsewhere = z.strictObject({
  /** As the other system calls the person, who need not be one of the environment's people. */
  by: z.string().trim().min(1).max(200),
  /** The other system. */
  via: z.literal('PagerDuty'),
  /** Key of the page; absent: it is the alert's own. */
  page: z.string().max(600).optional(),
});
export type AcknowledgedElsewhere = z.infer<typeof acknowledgedElsewhere>;

export function readAcknowledgedElsewhere(raw: unknown): AcknowledgedElsewhere | undefined {
  return acknowledgedElsewhere.safeParse(raw).data;
}
