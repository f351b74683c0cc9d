import { describe, expect, it } from 'vitest';
import { newsOf, readNews } from '../../src/plan/phase-news.js';
import type { Gate, PhaseStatus } from '../../src/plan/run-status.js';

const gate: Gate = {
  address: '1a/window#1',
  kind: 'hold',
  title: 'Window',
  reason: 'no data',
  roles: {},
  people: ['dana'],
  decisions: [],
  openedAt: 0,
  deadlineAt: 0,
  then: 'roll back 1a',
  digest: '',
  answers: ['retry'],
};
const status: PhaseStatus = {
  schemaVersion: 1,
  phase: '1a',
  title: 'Core',
  workflowId: 'run/phase/1a',
  runId: 'r',
  state: 'running',
  startedAt: 0,
  steps: [],
  gates: [],
  decisions: [],
  waivers: [],
  ledger: [],
  refusals: [],
  sentence: 'Running: Health. Next: Smoke.',
};
const later = { ...gate, address: '1a/other#1', deadlineAt: 1 };

describe('the news of a phase', () => {
  it('is no other one from step to step', () => {
    expect(newsOf(status)).toEqual(newsOf({ ...status, sentence: 'Running: Smoke.' }));
  });

  it('says what is awaited at the most urgent gate, whatever else is awaited', () => {
    const held = newsOf({ ...status, state: 'on hold', gates: [later, gate] });
    expect(held).toEqual({
      phase: '1a',
      state: 'on hold',
      sentence:
        'On hold at 1a/window#1: no data. Waits for dana to retry, until 1970-01-01 00:00:00Z, then roll back 1a.',
    });
    expect(newsOf({ ...status, state: 'on hold', gates: [gate] })).toEqual(held);
    expect(readNews(JSON.parse(JSON.stringify(held)))).toEqual(held);
  });

  it('says why without a gate, too', () => {
    expect(newsOf({ ...status, state: 'rolling back', sentence: 'Rolling back 1a.' }).sentence).toBe(
      'Rolling back 1a.'
    );
  });

  it.each([undefined, 'dana', {}, { phase: '1a', state: 'fine' }, { phase: '1a', state: 'running', by: 'dana' }])(
    'is not taken from %j',
    (raw) => {
      expect(readNews(raw)).toBeUndefined();
    }
  );
});
