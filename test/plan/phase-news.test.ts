import { describe, expect, it } from 'vitest';
import { asSent, newsOf, readNews } from '../../src/plan/phase-news.js';
import type { Gate, PhaseStatus } from '../../src/plan/run-status.js';
import { holdOfWindow as gate, runningPhase } from './support/running-phase.js';

const status = runningPhase({ sentence: 'Running: Health. Next: Smoke.' });
const later = { ...gate, address: '1a/other#1', deadlineAt: 1 };
const item: Gate = { ...gate, address: '1a/team#1', kind: 'attestation', title: 'Team online', answers: ['attest'] };
const gateWords =
  'On hold at 1a/window#1: no data. Waits for dana to retry, until 1970-01-01 00:00:00Z, then roll back 1a.';
const itemWords = 'Waits for dana to answer 1a/team#1 "Team online", until 1970-01-01 00:00:00Z, then roll back 1a.';
const baseline = {
  at: 0,
  values: { success: 0.99 },
  missing: { latency: 'no data' },
  evidence: { digest: 'sha256:1', bytes: 1 },
};
const sent = (news: unknown): unknown => JSON.parse(JSON.stringify(news));

describe('the news of a phase', () => {
  it('is no other one from step to step', () => {
    expect(newsOf(status)).toEqual(newsOf({ ...status, sentence: 'Running: Smoke.' }));
  });

  it('says what is awaited at the most urgent gate, whatever else is awaited', () => {
    const held = newsOf({ ...status, state: 'on hold', gates: [later, gate] });
    expect(held).toEqual({
      phase: '1a',
      state: 'on hold',
      sentence: gateWords,
    });
    expect(newsOf({ ...status, state: 'on hold', gates: [gate] })).toEqual(held);
    expect(readNews(sent(held))).toEqual(held);
  });

  it('says why without a gate, too', () => {
    expect(newsOf({ ...status, state: 'rolling back', sentence: 'Rolling back 1a.' }).sentence).toBe(
      'Rolling back 1a.'
    );
  });

  it.each<[string, Gate[], boolean, string]>([
    ['whose answer one item waits for', [item], false, itemWords],
    [
      'only that answers are awaited, in a stage: who owes which is said there',
      [item],
      true,
      'Waits for answers to its items.',
    ],
    ['what is on hold in a stage', [item, gate], true, gateWords],
    ['why a stage waits without a gate', [], true, 'Waits for Monday.'],
  ])('says %s', (_what, gates, inStage, sentence) => {
    const waiting = { ...status, state: 'waiting', sentence: 'Waits for Monday.', gates } as const;
    expect(newsOf(waiting, { inStage }).sentence).toBe(sentence);
    if (!inStage) expect(newsOf(waiting).sentence).toBe(sentence);
  });

  it.each<[string, Partial<PhaseStatus>, boolean, object]>([
    ['of its first change', { changedAt: 7 }, true, { changedAt: 7 }],
    ['of what metrics were before it', { changedAt: 7, baseline }, true, { changedAt: 7, baseline: { success: 0.99 } }],
    ['of no change before there is one', { baseline }, true, {}],
    ['of none where nobody waits for it', { changedAt: 7, baseline }, false, {}],
  ])('tells %s, whether it runs or waits', (_what, change, tellsFirstChange, told) => {
    const options = { tellsFirstChange };
    expect(newsOf({ ...status, ...change }, options)).toStrictEqual({ phase: '1a', state: 'running', ...told });
    for (const [inStage, one, sentence] of [
      [false, gate, gateWords],
      [true, item, 'Waits for answers to its items.'],
    ] as const) {
      const news = newsOf({ ...status, ...change, state: 'waiting', gates: [one] }, { inStage, ...options });
      expect(news).toStrictEqual({ phase: '1a', state: 'waiting', sentence, ...told });
      expect(readNews(sent(news))).toEqual(news);
    }
    if (!tellsFirstChange) expect(newsOf({ ...status, ...change })).toStrictEqual({ phase: '1a', state: 'running' });
  });

  it('is heard however long the reason for it is', () => {
    const news = newsOf({ ...status, state: 'on hold', gates: [{ ...gate, reason: 'x'.repeat(6000) }], changedAt: 7 });
    expect(readNews(sent(news))).toBeUndefined();
    const heard = readNews(sent(asSent(news)));
    expect(heard).toMatchObject({ phase: '1a', state: 'on hold' });
    expect(heard?.sentence).toHaveLength(5000);
    expect(news.sentence?.startsWith(heard?.sentence ?? 'none')).toBe(true);
  });

  it('is sent as it is when it is short, or has nothing to say', () => {
    const short = newsOf({ ...status, state: 'on hold', gates: [gate] });
    expect(asSent(short)).toStrictEqual(short);
    expect(asSent(newsOf(status))).toStrictEqual({ phase: '1a', state: 'running' });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a name', 'dana'],
    ['an empty object', {}],
    ['a state that is none', { phase: '1a', state: 'fine' }],
    ['what has a key more', { phase: '1a', state: 'running', by: 'dana' }],
    ['a phase that cannot be one', { phase: 'x'.repeat(101), state: 'running' }],
    ['a sentence that is too long', { phase: '1a', state: 'running', sentence: 'x'.repeat(5001) }],
    ['a time in words', { phase: '1a', state: 'running', changedAt: '7' }],
    ['a baseline without a number', { phase: '1a', state: 'running', baseline: { success: null } }],
    ['a metric that cannot be one', { phase: '1a', state: 'running', baseline: { ['x'.repeat(201)]: 1 } }],
  ])('is not taken from %s', (_what, raw) => {
    expect(readNews(raw)).toBeUndefined();
  });

  it('is taken up to those lengths', () => {
    const longest = {
      phase: 'x'.repeat(100),
      state: 'on hold',
      sentence: 'x'.repeat(5000),
      changedAt: 7,
      baseline: { ['x'.repeat(200)]: 1 },
    };
    expect(readNews(longest)).toEqual(longest);
  });
});
