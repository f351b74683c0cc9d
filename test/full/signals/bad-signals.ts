import fc from 'fast-check';
import { messageNames } from '../../../src/plan/wire.js';

const kinds = ['malformed', 'stale', 'early', 'late', 'misaddressed'] as const;
type Kind = (typeof kinds)[number];

/** What lies behind a run whose phase 1a waits for its first approval, at the second attempt at its item `team`. */
export interface Past {
  /** A phase whose approval was given. */
  endedPhase: string;
  /** What an earlier approval was bound to. */
  digest: string;
}

/** The workflows to which signals are sent; the last one's phase has ended. */
export const parts = ['run', 'phase', 'ended'] as const;
export type Part = (typeof parts)[number];

/** A message that must change nothing, and how it goes wrong. */
export interface BadSignal {
  kind: Kind;
  /** `ended`: a phase that has ended. */
  to: Part;
  name: string;
  /** What is sent; `raw` goes out as it is, past every converter. */
  payload: { args: unknown[] } | { raw: { encoding: string; data: string } };
}

type Said = Pick<BadSignal, 'name' | 'payload'>;

const anyName = fc.constantFrom(...messageNames);
const answer = fc.constantFrom('approve', 'reject', 'attest', 'retry', 'waive', 'takeover');
const approver = fc.constantFrom('erin', 'lee', ' Erin ', 'LEE');
const id = fc.option(fc.uuid(), { nil: undefined });
const say = (name: string, ...args: unknown[]): Said => ({ name, payload: { args } });

const malformed = fc.oneof(
  fc.tuple(anyName, fc.jsonValue({ maxDepth: 3 })).map(([name, value]) => say(name, value)),
  fc.tuple(anyName, fc.array(fc.jsonValue(), { maxLength: 3 })).map(([name, args]) => say(name, ...args)),
  fc.tuple(answer, fc.string({ minLength: 1000, maxLength: 4000 })).map(([name, by]) => say(name, { by, gate: by })),
  fc.tuple(anyName, approver, fc.string()).map(([name, by, key]) => say(name, { by, [`x${key}`]: true })),
  fc
    .tuple(anyName, fc.constantFrom('json/protobuf', 'binary/encrypted', 'json/plain', ''), fc.string())
    .map(([name, encoding, data]): Said => ({ name, payload: { raw: { encoding, data: `{${data}` } } }))
);
/** What an earlier attempt, or an earlier phase, asked for and took; now another one asks. */
const stale = ({ digest, endedPhase }: Past): fc.Arbitrary<Said> =>
  fc.oneof(
    fc
      .tuple(approver, id, fc.constantFrom({}, { gate: '1a/approval#1' }, { gate: `${endedPhase}/approval#1` }))
      .map(([by, own, where]) => say('approve', { by, ...where, digest, id: own })),
    fc
      .tuple(approver, id, fc.constantFrom('done', 'failed'))
      .map(([by, own, said]) => say('attest', { by, item: '1a/team#1', answer: said, reason: 'x', id: own })),
    fc
      .constantFrom('retry', 'waive')
      .map((name) => say(name, { by: 'carlos', gate: '1a/team#1', reason: 'it was on hold once' }))
  );
const early = fc.oneof(
  fc.tuple(approver, id).map(([by, own]) => say('approve', { by, gate: '1b/approval#1', id: own })),
  fc.tuple(approver, id).map(([by, own]) => say('reject', { by, gate: '1a/approval#3', reason: 'too soon', id: own })),
  fc.constantFrom('retry', 'waive').map((name) => say(name, { by: 'carlos', gate: '1b/window#1', reason: 'too soon' }))
);
/** To what is over: an answered item, a pause that nobody made, and a phase that has ended. */
const late = ({ endedPhase }: Past): fc.Arbitrary<Said> =>
  fc.oneof(
    id.map((own) => say('attest', { by: 'erin', item: '1a/team', answer: 'done', id: own })),
    id.map((own) => say('resume', { by: 'dana', id: own })),
    fc.tuple(approver, id).map(([by, own]) => say('approve', { by, gate: `${endedPhase}/approval#1`, id: own })),
    fc
      .constantFrom('reject', 'waive')
      .map((name) => say(name, { by: 'carlos', gate: `${endedPhase}/approval#1`, reason: 'too late' })),
    approver.map((by) => say('rollback', { by, phase: endedPhase, reason: 'too late' }))
  );
const misaddressed = fc.oneof(
  fc.tuple(fc.constantFrom('dana', 'carlos', 'mallory'), id).map(([by, own]) => say('approve', { by, id: own })),
  fc.tuple(approver, id).map(([by, own]) => say('approve', { by, gate: '1a/approval#0', id: own })),
  approver.map((by) => say('rollback', { by, phase: '1b', reason: 'wrong phase' })),
  approver.map((by) => say('takeover', { by, entry: '1a/flag#1', reason: 'nothing is being undone' })),
  fc.tuple(fc.string({ minLength: 1, maxLength: 200 }), approver).map(([name, by]) => say(`x-${name}`, { by })),
  fc
    .constantFrom('Approve', 'approved', 'cancel', '__proto__', 'constructor', '__temporal_approve')
    .map((name) => say(name, 'erin'))
);

const toRunOrPhase = fc.constantFrom('run' as const, 'phase' as const, 'phase' as const);
const toAll = fc.constantFrom('run' as const, 'phase' as const, 'ended' as const);

/** Signals of which none may count, while phase 1a waits for its first approval and nothing is paused. */
export function badSignals(past: Past): fc.Arbitrary<BadSignal> {
  const of = (kind: Kind, said: fc.Arbitrary<Said>, to: fc.Arbitrary<BadSignal['to']>): fc.Arbitrary<BadSignal> =>
    fc.tuple(to, said).map(([where, one]) => ({ kind, to: where, ...one }));
  return fc.oneof(
    of('malformed', malformed, toRunOrPhase),
    of('stale', stale(past), toRunOrPhase),
    of('early', early, toRunOrPhase),
    of('late', late(past), toAll),
    of('misaddressed', misaddressed, toRunOrPhase)
  );
}

/** How many of each kind there are. */
export function kindsOf(signals: readonly BadSignal[]): Record<Kind, number> {
  const count = (kind: Kind): number => signals.filter((signal) => signal.kind === kind).length;
  return Object.fromEntries(kinds.map((kind) => [kind, count(kind)])) as Record<Kind, number>;
}
