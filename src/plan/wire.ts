import { z } from 'zod';
import { undecodable } from './names.js';

/**
 * The messages that people send to a run: names, payloads, and how what they typed is read. One payload serves the
 * Signal (Temporal UI, `temporal workflow signal`) and the Update (CLI) of the same name. Forgiving in form, strict in
 * meaning: an unknown key is refused, and nothing here ever throws.
 */
export const messageNames = [
  'approve',
  'reject',
  'attest',
  'pause',
  'resume',
  'retry',
  'rollback',
  'waive',
  'takeover',
  'declare',
  'acknowledge',
  'assign',
  'note',
  'step',
  'resolve',
  'postmortem',
] as const;
export type MessageName = (typeof messageNames)[number];

export const statusQuery = 'status';
/** The input of the next execution of a workflow, for whoever goes on with one that was ended from outside. */
export const handoverQuery = 'handover';

const text = (max: number): z.ZodString =>
  z
    .string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be text') })
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must not be longer than ${max} characters`);
const by = text(200).describe('your name as the environment lists it');
const gate = text(200).describe('address of the gate, such as 1a/approval#1; may be left out when one gate is open');
const reason = text(2000);
const common = {
  by,
  id: text(200).optional().describe('any id of your own; a repeated message with the same id is the same message'),
};

const severity = z.preprocess(
  (value) => (typeof value === 'string' && /^\s*[1-3]\s*$/.test(value) ? Number(value) : value),
  z.union([z.literal(1), z.literal(2), z.literal(3)], { error: 'must be 1, 2 or 3' })
);

const lowered = (values: readonly [string, ...string[]]): z.ZodType<string> =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.trim().toLowerCase().replace(/[ _]/g, '-') : value),
    z.enum(values, { error: `must be one of ${values.join(', ')}` })
  );

const schemas = {
  approve: z.strictObject({
    ...common,
    gate: gate.optional(),
    digest: text(80).optional().describe('what you were shown; refused when the gate has changed since'),
    reason: reason.optional(),
    signature: text(20_000).optional(),
  }),
  reject: z.strictObject({
    ...common,
    gate: gate.optional(),
    digest: text(80).optional(),
    reason,
    signature: text(20_000).optional(),
  }),
  attest: z.strictObject({
    ...common,
    item: gate.describe('address of the item, such as 1a/team-assembled'),
    answer: lowered(['done', 'not-applicable', 'failed']),
    evidence: reason.optional().describe('a link, a note, or the digest of a file'),
    reason: reason.optional(),
  }),
  pause: z.strictObject({ ...common, reason: reason.optional() }),
  resume: z.strictObject({ ...common, reason: reason.optional() }),
  retry: z.strictObject({ ...common, gate: gate.optional(), reason: reason.optional() }),
  rollback: z.strictObject({
    ...common,
    reason,
    phase: text(100).optional().describe('only this phase, if it is the one that runs; left out: everything'),
  }),
  waive: z.strictObject({ ...common, gate: gate.optional(), reason }),
  takeover: z.strictObject({
    ...common,
    entry: text(300).describe('id of the ledger entry, such as 1a/enable#1'),
    reason: reason.describe('what you did by hand, or why it may stay as it is'),
  }),
  declare: z.strictObject({
    ...common,
    reason: reason.describe('what is wrong, as you see it'),
    severity: severity.optional(),
    cause: text(100).optional().describe('id of a cause of the plan; its severity counts'),
    phase: text(100).optional().describe('the phase whose component fails'),
    customer: z.boolean({ error: 'must be true or false' }).optional().describe('a customer escalated it'),
  }),
  acknowledge: z.strictObject({ ...common, reason: reason.optional() }),
  assign: z.strictObject({
    ...common,
    role: text(100).describe('a role of the war room, by its id or title'),
    person: text(200).describe('who takes it, as the environment lists them'),
  }),
  note: z.strictObject({ ...common, text: reason }),
  step: z.strictObject({
    ...common,
    step: text(100).describe('id of a step of the procedure, or of a task'),
    note: reason.optional(),
  }),
  resolve: z.strictObject({ ...common, reason: reason.describe('what resolved it') }),
  postmortem: z.strictObject({
    ...common,
    link: text(2000)
      .regex(/^https?:\/\/\S+$/i, 'must be a link: https://…')
      .describe('where the post-mortem stands'),
  }),
} as const satisfies Record<MessageName, z.ZodType>;

export type Message<N extends MessageName> = z.output<(typeof schemas)[N]>;

/** A payload to paste into the Temporal UI: part of every handler's description and of every refusal. */
export const examples: Record<MessageName, string> = {
  approve: '{"by":"erin","gate":"1a/approval#1"}',
  reject: '{"by":"erin","gate":"1a/approval#1","reason":"error budget is spent"}',
  attest: '{"by":"dana","item":"1a/team-assembled","answer":"done","evidence":"all five on the call"}',
  pause: '{"by":"dana","reason":"waiting for the network team"}',
  resume: '{"by":"dana"}',
  retry: '{"by":"dana","gate":"1a/window#1"}',
  rollback: '{"by":"dana","reason":"customers report errors"}',
  waive: '{"by":"carlos","gate":"1a/window#1","reason":"metrics source is being replaced"}',
  takeover: '{"by":"ola","entry":"1a/enable#1","reason":"switched off in the flag console"}',
  declare: '{"by":"ola","severity":2,"phase":"1b","reason":"tool calls time out"}',
  acknowledge: '{"by":"ola"}',
  assign: '{"by":"erin","role":"commander","person":"ola"}',
  note: '{"by":"ola","text":"the pool of connections is exhausted"}',
  step: '{"by":"ola","step":"assess","note":"one tenant in five is affected"}',
  resolve: '{"by":"ola","reason":"pool enlarged, errors are gone"}',
  postmortem: '{"by":"erin","link":"https://wiki.example/post-mortems/7"}',
};

/** What each message does, for the descriptions that the Temporal UI and CLI list. */
export const descriptions: Record<MessageName, string> = {
  approve: 'Say yes at an open approval gate.',
  reject: 'Say no at an open approval gate; the phase is rolled back.',
  attest: 'Answer a checklist item: done, not-applicable or failed.',
  pause: 'Stop before the next step; windows, approvals and rollbacks go on.',
  resume: 'Go on after a pause.',
  retry: 'Answer a HOLD: try the step again.',
  rollback: 'Undo everything that this run changed, newest phase first (or the running phase alone), and verify it.',
  waive: 'Answer a HOLD: pass it on your authority, with a reason that stays on record.',
  takeover: 'Say that an undo which keeps failing was done by hand, or accept as it is what cannot be undone.',
  declare: 'Declare an incident, by its severity or a cause of the plan; severity 1 takes everything back at once.',
  acknowledge: 'Say that you take care of it: nobody is reminded or asked any more, unless it becomes worse.',
  assign: 'Give a role of the war room to a person.',
  note: 'Add a note to the timeline of the incident.',
  step: 'Tick off a step of the war room procedure, or a task.',
  resolve:
    'Say that it is resolved; counts when the metrics, the red ones and its own, are inside their targets for a while.',
  postmortem: 'Say that the post-mortem is done, with a link to it.',
};

/** `fault` says what is wrong; `problem` also what to send instead, for whoever sends JSON. */
export type Parsed<N extends MessageName> =
  { ok: true; message: Message<N> } | { ok: false; fault: string; problem: string };

/** Reads whatever somebody sent. A bare string is the sender's name where nothing else is needed. */
export function parseMessage<N extends MessageName>(name: N, raw: unknown): Parsed<N> {
  const value: unknown = Array.isArray(raw) && raw.length === 1 ? raw[0] : raw;
  if (isEmpty(value)) return problem(name, `an empty ${name} says nothing and was not taken as a yes`);
  if (typeof value === 'object' && value !== null && undecodable in value) {
    return problem(name, `the payload could not be decoded (${String(value[undecodable])}): send it as JSON`);
  }
  const shaped = reshape(value);
  if (shaped === undefined) return problem(name, 'a key stands there twice');
  const schema: z.ZodType<unknown> = schemas[name];
  const parsed = schema.safeParse(shaped);
  if (parsed.success) return { ok: true, message: parsed.data as Message<N> };
  const problems = parsed.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys')
      return `${issue.keys.map((key) => `"${key}"`).join(', ')} is not known here`;
    return issue.path.length > 0 ? `"${issue.path.join('.')}" ${issue.message}` : 'one object is expected';
  });
  return problem(name, problems.join('; '));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Forgives the form: a bare string is a name, keys may be in capitals. Undefined when a key stands there twice. */
function reshape(value: unknown): unknown {
  if (typeof value === 'string') return { by: value };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const lower = new Map(Object.entries(value).map(([key, entry]) => [key.trim().toLowerCase(), entry] as const));
  return lower.size === Object.keys(value).length ? Object.fromEntries(lower) : undefined;
}

const longest = 500;
function problem(name: MessageName, what: string): { ok: false; fault: string; problem: string } {
  const fault = what.length <= longest ? what : `${what.slice(0, longest)}…`;
  return { ok: false, fault, problem: `${fault}. Send for example ${examples[name]}` };
}

/** The answer to an accepted Update. */
export interface Answer {
  /** What happened, in one sentence. */
  message: string;
  /** True when the same message had been taken before. */
  repeated: boolean;
}
