import fc from 'fast-check';
import { messageNames } from '../../../src/plan/wire.js';

/** A message that must change nothing, and how it goes wrong. */
export interface BadSignal {
  kind: 'malformed' | 'stale' | 'early' | 'late' | 'misaddressed';
  to: 'run' | 'phase';
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
const digest = fc.array(fc.constantFrom('0', '7', 'a', 'f'), { minLength: 64, maxLength: 64 });
const stale = fc.oneof(
  fc
    .tuple(approver, digest, id)
    .map(([by, hex, own]) => say('approve', { by, gate: '1a/approval#1', digest: `sha256:${hex.join('')}`, id: own })),
  fc.tuple(approver, id).map(([by, own]) => say('approve', { by, gate: '1a/approval#0', id: own })),
  fc
    .tuple(approver, id)
    .map(([by, own]) => say('attest', { by, item: '1a/team#1', answer: 'failed', reason: 'x', id: own }))
);
const early = fc.oneof(
  fc.tuple(approver, id).map(([by, own]) => say('approve', { by, gate: '1b/approval#1', id: own })),
  fc.tuple(approver, id).map(([by, own]) => say('reject', { by, gate: '1a/approval#2', reason: 'too soon', id: own })),
  fc.constantFrom('retry', 'waive').map((name) => say(name, { by: 'carlos', gate: '1b/window#1', reason: 'too soon' }))
);
const late = fc.oneof(
  id.map((own) => say('attest', { by: 'erin', item: '1a/team', answer: 'done', id: own })),
  id.map((own) => say('resume', { by: 'dana', id: own })),
  fc.constantFrom('retry', 'waive').map((name) => say(name, { by: 'carlos', gate: '1a/team#1', reason: 'too late' }))
);
const misaddressed = fc.oneof(
  fc.tuple(fc.constantFrom('dana', 'carlos', 'mallory'), id).map(([by, own]) => say('approve', { by, id: own })),
  approver.map((by) => say('rollback', { by, phase: '1b', reason: 'wrong phase' })),
  approver.map((by) => say('takeover', { by, entry: '1a/flag#1', reason: 'nothing is being undone' })),
  fc.tuple(fc.string({ minLength: 1, maxLength: 200 }), approver).map(([name, by]) => say(`x-${name}`, { by })),
  fc.constantFrom('Approve', 'approved', 'cancel', '__proto__', 'constructor').map((name) => say(name, 'erin'))
);

/** Signals of which none may count, while phase 1a waits for its first approval and nothing is paused. */
export const badSignals = fc
  .tuple(
    fc.constantFrom('run' as const, 'phase' as const, 'phase' as const),
    fc.oneof(
      malformed.map((said) => ({ kind: 'malformed' as const, ...said })),
      stale.map((said) => ({ kind: 'stale' as const, ...said })),
      early.map((said) => ({ kind: 'early' as const, ...said })),
      late.map((said) => ({ kind: 'late' as const, ...said })),
      misaddressed.map((said) => ({ kind: 'misaddressed' as const, ...said }))
    )
  )
  .map(([to, said]): BadSignal => ({ to, ...said }));
