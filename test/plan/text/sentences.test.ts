import { describe, expect, it } from 'vitest';
import type { Gate, PhaseStatus, RollbackStatus, RunStatus, StepRecord } from '../../../src/plan/run-status.js';
import {
  byUrgency,
  gateSentence,
  pausedAlready,
  phaseSentence,
  rollbackSentence,
  runSentence,
} from '../../../src/plan/text/sentences.js';

const noon = Date.parse('2026-11-22T12:00:00Z');

function gate(change: Partial<Gate> = {}): Gate {
  return {
    address: '1a/approval#1',
    kind: 'approval',
    title: 'Approval of the core',
    reason: 'people decide',
    roles: { lead: 1, cto: 1 },
    people: ['erin', 'carlos'],
    decisions: [],
    openedAt: noon,
    deadlineAt: noon,
    then: 'roll back',
    digest: '',
    answers: ['approve', 'reject'],
    ...change,
  };
}

const hold = gate({ address: '1a/window#1', kind: 'hold', reason: 'no data', answers: ['retry', 'waive'] });
const item = gate({ address: '1a/team#1', kind: 'attestation', title: 'Team online', people: ['dana'] });

function step(id: string, change: Partial<StepRecord> = {}): StepRecord {
  return { address: `1a/${id}#1`, id, part: 'steps', kind: 'check', title: `Step ${id}`, state: 'passed', ...change };
}

function phase(change: Partial<PhaseStatus> = {}): Omit<PhaseStatus, 'sentence'> {
  return {
    schemaVersion: 1,
    phase: '1a',
    title: 'Core',
    workflowId: 'run/phase/1a',
    runId: 'r',
    state: 'running',
    startedAt: noon,
    steps: [],
    gates: [],
    decisions: [],
    waivers: [],
    ledger: [],
    refusals: [],
    ...change,
  };
}

const leak = { by: 'incident/2', reason: 'leak', at: noon };
const heldWords = 'On hold by incident/2 (leak): nothing new begins until it is resolved, or somebody sends rollback.';
const pausedWords = 'Paused by dana (lunch): nothing new begins until somebody sends resume.';
const holdWords =
  'On hold at 1a/window#1: no data. Waits for erin or carlos to retry or waive, until 2026-11-22 12:00:00Z, then roll back.';
const dana = { by: 'dana', reason: 'lunch', at: noon };

describe('the sentence of a gate', () => {
  it.each([
    [
      gate(),
      'Waits for approval by 1 lead and 1 cto (erin and carlos) at 1a/approval#1, until 2026-11-22 12:00:00Z, then roll back.',
    ],
    [
      gate({ needs: 'any' }),
      'Waits for approval by 1 lead or 1 cto (erin or carlos) at 1a/approval#1, until 2026-11-22 12:00:00Z, then roll back.',
    ],
    [
      gate({ people: ['erin', 'lee', 'carlos'] }),
      'Waits for approval by 1 lead and 1 cto (erin, lee or carlos) at 1a/approval#1, until 2026-11-22 12:00:00Z, then roll back.',
    ],
    [
      gate({
        people: ['carlos'],
        decisions: [
          { id: '1', gate: '', decision: 'approve', by: 'erin', roles: ['lead'], at: 0, identity: 'identity' },
        ],
      }),
      'Waits for approval by 1 cto (carlos) at 1a/approval#1, until 2026-11-22 12:00:00Z, then roll back.',
    ],
    [item, 'Waits for dana to answer 1a/team#1 "Team online", until 2026-11-22 12:00:00Z, then roll back.'],
    [
      hold,
      'On hold at 1a/window#1: no data. Waits for erin or carlos to retry or waive, until 2026-11-22 12:00:00Z, then roll back.',
    ],
  ])('says what is awaited, from whom, until when, and what comes then', (told, words) => {
    expect(gateSentence(told)).toBe(words);
  });
});

describe('urgency', () => {
  it('puts what is on hold first, then the earliest deadline', () => {
    const late = gate({ address: 'late', deadlineAt: noon + 2 });
    const soon = gate({ address: 'soon', deadlineAt: noon + 1 });
    const held = gate({ address: 'held', kind: 'hold', deadlineAt: noon + 3 });
    expect(byUrgency([late, soon, held]).map((one) => one.address)).toEqual(['held', 'soon', 'late']);
  });
});

describe('the sentence of a phase', () => {
  it('names who owes its items when there are many, and not how many: one answer more is no news', () => {
    const items = ['dana', 'erin', 'dana', 'erin'].map((person) => ({ ...item, people: [person] }));
    const words = (gates: typeof items): string => phaseSentence(phase({ gates }), '');
    expect(words(items)).toBe('Waits for answers to its items from dana; erin.');
    expect(words(items.toReversed())).toBe(words(items));
    expect(words(items.slice(0, 3))).toContain('2 more answers are awaited.');
  });

  it('tells of a hold beside many items, and of an approval beside them that it is awaited later', () => {
    const words = (gates: Gate[]): string => phaseSentence(phase({ gates, paused: dana }), '');
    expect(words([item, item, item, item, hold])).toBe(`${holdWords} 4 more answers are awaited. ${pausedWords}`);
    expect(words([item, item, item, item, gate({ deadlineAt: noon + 1 })])).toBe(
      `Waits for answers to its items from dana. ${pausedWords}`
    );
  });

  it.each<[string, Partial<PhaseStatus>, string]>([
    ['what runs and what comes next', { steps: [step('a', { state: 'running' })] }, 'Running: Step a. Next: Step b.'],
    [
      'that it is paused while a step runs',
      { steps: [step('a', { state: 'running' })], paused: dana },
      'Running: Step a. Paused by dana (lunch): nothing new begins until somebody sends resume. Next: Step b.',
    ],
    [
      'that it is paused',
      { state: 'paused', paused: { by: 'dana', at: noon } },
      'Paused by dana: nothing new begins until somebody sends resume. Next: Step b.',
    ],
    ['that an incident holds it', { state: 'on hold', held: leak }, `${heldWords} Next: Step b.`],
    ['that before a pause', { state: 'on hold', held: leak, paused: dana }, `${heldWords} Next: Step b.`],
    [
      'all that runs',
      { steps: [step('a', { state: 'running' }), step('z'), step('c', { state: 'running' })] },
      'Running: Step a; Step c. Next: Step b.',
    ],
    ['that it waits and is paused', { gates: [hold], paused: dana }, `${holdWords} ${pausedWords}`],
    [
      'that it is paused before its time',
      { opensAt: noon, paused: dana },
      `Waits for its time to begin at 2026-11-22 12:00:00Z. ${pausedWords} Next: Step b.`,
    ],
    [
      'that its schedule has not opened, and when it does where it happens',
      { opensAt: noon, opening: 'until Sun 2026-11-22 13:00 (Europe/Berlin) for hours 13:00-14:00' },
      'Waits until Sun 2026-11-22 13:00 (Europe/Berlin) for hours 13:00-14:00. Next: Step b.',
    ],
    [
      'the same behind its first checks',
      { opensAt: noon, steps: [step('a', { state: 'passed' })] },
      'Waits for its time to begin at 2026-11-22 12:00:00Z. Next: Step b.',
    ],
    [
      'how many answers more are awaited',
      { gates: [item, item, item] },
      'Waits for dana to answer 1a/team#1 "Team online", until 2026-11-22 12:00:00Z, then roll back. 2 more answers are awaited.',
    ],
    [
      'the most urgent gate first',
      { gates: [item, hold] },
      'On hold at 1a/window#1: no data. Waits for erin or carlos to retry or waive, until 2026-11-22 12:00:00Z, then roll back. 1 more answer is awaited.',
    ],
    [
      'that it is taken back, and where',
      { state: 'rolling back', rollback: 'run/rollback/1a' },
      'Rolling back 1a; see run/rollback/1a.',
    ],
    [
      'why it is being taken back',
      {
        state: 'rolling back',
        rollback: 'run/rollback/1a',
        steps: [step('a', { state: 'failed', reason: 'too slow' })],
      },
      'Rolling back 1a: 1a/a#1 too slow; see run/rollback/1a.',
    ],
    ['that it is taken back when nobody knows where', { state: 'rolling back' }, 'Rolling back 1a; see its rollback.'],
    ['that it completed', { state: 'completed' }, 'Core completed.'],
    [
      'why it was taken back',
      { state: 'rolled back', steps: [step('a', { state: 'failed', reason: 'too slow' })] },
      'Core was rolled back: 1a/a#1 too slow.',
    ],
    [
      'which step failed last, though it gave no reason',
      {
        state: 'rolled back',
        steps: [step('a', { state: 'failed', reason: 'too slow' }), step('b', { state: 'failed' }), step('c')],
      },
      'Core was rolled back: 1a/b#1 failed.',
    ],
    [
      'that nobody knows why its rollback is not verified',
      { state: 'rolled back, NOT verified' },
      'Core: rolled back, NOT verified: no reason is known.',
    ],
    ['that it never began, without a step that failed', { state: 'failed' }, 'Core ended before any change.'],
    [
      'that nobody could verify its rollback',
      { state: 'rolled back, NOT verified', verification: 'no metric' },
      'Core: rolled back, NOT verified: no metric.',
    ],
    [
      'that its rollback did not come to its end',
      { state: 'NOT rolled back', verification: 'run/rollback/1a was ended from outside' },
      'Core: NOT rolled back: run/rollback/1a was ended from outside.',
    ],
    [
      'why it never began',
      { state: 'failed', steps: [step('a', { state: 'failed', reason: 'no backup' })] },
      'Core ended before any change: 1a/a#1 no backup.',
    ],
  ])('says %s', (_what, change, words) => {
    expect(phaseSentence(phase(change), 'Next: Step b.')).toBe(words);
  });
});

describe('the sentence of a rollback', () => {
  const rollback: Omit<RollbackStatus, 'sentence'> = {
    schemaVersion: 1,
    workflowId: 'run/rollback/1a',
    runId: 'r',
    state: 'rolling back',
    reason: 'too slow',
    phases: ['1a'],
    startedAt: noon,
    undos: [
      { entryId: 'a', covers: [], title: 'a', state: 'done' },
      { entryId: 'b', covers: [], title: 'b', state: 'running' },
      { entryId: 'c', covers: [], title: 'c', state: 'failing' },
    ],
    checks: [],
    gates: [],
    refusals: [],
  };
  const failing = gate({
    kind: 'hold',
    address: '1a/a#1',
    reason: 'it fails',
    answers: ['retry', 'takeover'],
    then: 'try again',
  });
  it.each<[Partial<RollbackStatus>, string]>([
    [{}, 'Undoing 2 of 3 changes.'],
    [
      { state: 'on hold', gates: [failing, failing] },
      'On hold at 1a/a#1: it fails. Waits for erin or carlos to retry or takeover, until 2026-11-22 12:00:00Z, then try again. 1 more answer is awaited.',
    ],
    [{ undos: [] }, 'Everything is undone; verifying health and red metrics.'],
    [
      { state: 'on hold', gates: [failing] },
      'On hold at 1a/a#1: it fails. Waits for erin or carlos to retry or takeover, until 2026-11-22 12:00:00Z, then try again.',
    ],
    [{ state: 'rolled back', verified: true }, 'Rolled back, verified.'],
    [{ state: 'rolled back', verified: false, verification: 'no data' }, 'Rolled back, NOT verified: no data.'],
  ])('tells how far it is', (change, words) => {
    expect(rollbackSentence({ ...rollback, ...change })).toBe(words);
  });
});

describe('the sentence of a run', () => {
  const run: Omit<RunStatus, 'sentence'> = {
    schemaVersion: 1,
    workflowId: 'run',
    runId: 'r',
    plan: { id: 'p', title: 'Plan', digest: 'd' },
    environment: { id: 'demo', kind: 'demo', trust: 'identity' },
    startedBy: 'dana',
    startedAt: noon,
    state: 'running',
    phases: [
      { id: '1a', title: 'Core', state: 'completed', workflowId: 'run/phase/1a' },
      { id: '1b', title: 'Tools', state: 'running', workflowId: 'run/phase/1b' },
      { id: '1c', title: 'Sockets', state: 'pending', workflowId: 'run/phase/1c' },
    ],
    rollbacks: [],
    refusals: [],
    remarks: [],
  };
  const [done, now, next] = run.phases;
  const phases = (...some: Array<(typeof run.phases)[number] | undefined>): Partial<RunStatus> => ({
    phases: some.filter((one) => one !== undefined),
  });
  it.each<[string, Partial<RunStatus>, string]>([
    ['which phase is under way', {}, 'Phase 1b (Tools) is under way; 1c comes next. Details: run/phase/1b'],
    [
      'that it is the last',
      phases(done, now),
      'Phase 1b (Tools) is under way; it is the last one. Details: run/phase/1b',
    ],
    [
      'what the phase under way waits for',
      phases(now && { ...now, now: { state: 'waiting', sentence: 'Waits for erin.' } }, next),
      'Phase 1b (Tools): Waits for erin. Then: 1c. Details: run/phase/1b',
    ],
    [
      'which phase is taken back, and not what would have come next',
      {
        state: 'rolling back',
        ...phases(
          now && { ...now, now: { state: 'rolling back', sentence: 'Rolling back 1b; see run/rollback/1b.' } },
          next
        ),
      },
      'Phase 1b (Tools): Rolling back 1b; see run/rollback/1b.',
    ],
    [
      'that an incident holds it, before what its phase waits for',
      { held: leak, ...phases(now && { ...now, now: { state: 'on hold', sentence: 'Waits for erin.' } }, next) },
      `${heldWords} Phase 1b (Tools): Waits for erin. Then: 1c. Details: run/phase/1b`,
    ],
    [
      'a pause in the words of the phase alone, and that nothing comes behind it',
      { paused: dana, ...phases(now && { ...now, now: { state: 'paused', sentence: 'Paused.' } }) },
      'Phase 1b (Tools): Paused. Then the run is done. Details: run/phase/1b',
    ],
    [
      'that a phase which told nothing yet is under way in a paused run',
      { paused: dana },
      `${pausedWords} Phase 1b (Tools) is under way; 1c comes next. Details: run/phase/1b`,
    ],
    [
      'that all goes back, whatever its phase waits for',
      {
        state: 'rolling back',
        ...phases(now && { ...now, now: { state: 'waiting', sentence: 'Waits for erin.' } }, next),
      },
      'Takes back what was changed, newest phase first.',
    ],
    ['that nothing is left', phases(done), 'All phases are done.'],
    [
      'that it is paused between phases',
      { state: 'paused', paused: dana, ...phases(done, next) },
      'Paused by dana (lunch): nothing new begins until somebody sends resume. Before 1c (Sockets).',
    ],
    [
      'that it takes its locks',
      { state: 'waiting for locks' },
      'Takes the locks of its plan, flags and deploy targets.',
    ],
    ['that it goes back', { state: 'rolling back' }, 'Takes back what was changed, newest phase first.'],
    [
      'how it ended',
      { outcome: { kind: 'rolled-back-verified', reason: 'too slow', endedAt: noon } },
      'rolled back, verified: too slow',
    ],
  ])('says %s', (_what, change, words) => {
    expect(runSentence({ ...run, ...change })).toBe(words);
  });
});

describe('a second pause', () => {
  it.each([
    [dana, 'it is paused already, since 2026-11-22 12:00:00Z by dana (lunch)'],
    [{ by: 'dana', at: noon }, 'it is paused already, since 2026-11-22 12:00:00Z by dana'],
  ])('hears of the first: %j', (paused, words) => {
    expect(pausedAlready(paused)).toBe(words);
  });
});
