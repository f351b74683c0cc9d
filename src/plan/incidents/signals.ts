import { z } from 'zod';

/** Signals between the workflows of a run: not for people, and anybody can send one, so each is read with care. */

/** An incident tells its run how it stands. */
export const incidentNewsSignal = 'incidentNews';
/** The run tells an incident what happens beside it. */
export const incidentOrderSignal = 'incidentOrder';
/** The run stops the phase under way for an incident; no approval is asked for. */
export const takeBackSignal = 'takeBack';
/** The run holds the phase under way for an incident, or lets it go on. */
export const holdSignal = 'hold';
/** A phase tells its rollback that the run takes back more: then all of it is verified together. */
export const leaveToRunSignal = 'leaveToRun';

/** Longer words are cut: what becomes of a run must be heard, however much went wrong. */
const text = z.string().overwrite((long) => long.slice(0, 4000));

const news = z.strictObject({
  /** Run id of the run that it belongs to: a later run of the plan has the same workflow id. */
  run: z.string().max(100),
  number: z.number().int().positive(),
  state: z.enum(['open', 'acknowledged', 'resolved', 'closed']),
  warRoom: z.boolean(),
});
export type IncidentNews = z.infer<typeof news>;

const order = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('war-room'),
    trigger: z.enum(['severity-1', 'multiple-severity-2', 'rollback', 'customer-escalation']),
  }),
  z.strictObject({
    kind: z.literal('rollback'),
    reach: z.enum(['all', 'component']),
    state: z.enum(['running', 'verified', 'not verified']),
    by: text.optional(),
    reason: text,
    /** Epoch ms of the last undo; absent while it runs. */
    safeAt: z.number().optional(),
  }),
  /** Other trouble of the guard while this one takes everything back; `page` is the key of its page, where that is another. */
  z.strictObject({
    kind: z.literal('also'),
    trouble: text,
    cause: text.optional(),
    page: z.string().max(600).optional(),
  }),
]);
export type IncidentOrder = z.infer<typeof order>;

const takeBack = z.strictObject({
  reason: text,
  reach: z.enum(['phase', 'all']),
  /** The run takes back more after this phase and verifies all of it then. */
  more: z.literal(true).optional(),
});
export type TakeBackOrder = z.infer<typeof takeBack>;

const hold = z.strictObject({ held: z.strictObject({ by: text, reason: text, at: z.number() }).optional() });
export type HoldOrder = z.infer<typeof hold>;

/** Each is undefined when what was sent is none. */
export const readSignal = {
  news: (raw: unknown): IncidentNews | undefined => news.safeParse(raw).data,
  order: (raw: unknown): IncidentOrder | undefined => order.safeParse(raw).data,
  takeBack: (raw: unknown): TakeBackOrder | undefined => takeBack.safeParse(raw).data,
  hold: (raw: unknown): HoldOrder | undefined => hold.safeParse(raw).data,
};
