import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../../src/plan/change.js';
import { freshIncident, type IncidentState } from '../../../src/plan/incidents/course.js';
import { figuresOf, postMortemDraft } from '../../../src/plan/incidents/post-mortem.js';
import type { IncidentInput } from '../../../src/plan/run-input.js';
import { environment, incidents, plan } from '../../support/stage/plans.js';

const input: IncidentInput = {
  schemaVersion: 1,
  run: {
    workflowId: 'migration/e/p',
    runId: 'r',
    planId: 'p',
    planTitle: 'P',
    digest: 'd',
    startedBy: 'dana',
    startedAt: 0,
  },
  number: 3,
  severity: 1,
  title: 'Data | leaks',
  reason: 'seen <script>',
  source: 'guard',
  openedBy: 'the guard',
  incidents: incidents(),
  reach: 'all',
  rollback: plan([]).rollback,
  environment: environment('e'),
};
const entry = (id: string, capturedAt: number): LedgerEntry => ({
  id,
  phase: '1a',
  step: id,
  attempt: 1,
  title: id,
  change: { type: 'deploy', target: 'core', revision: 'v2', repeatable: true },
  before: { type: 'deploy', target: 'core', revision: 'v1' },
  capturedAt,
  runId: 'r',
  idempotencyKey: id,
});
const ledger = [entry('1a/x#1', 1_000), entry('1a/y#1', 5_000), entry('1a/late#1', 11_000)];
const resolution = { by: 'lee', at: 70_000, text: 'undone', verdict: 'PASS', reason: 'all well' } as const;

function state(change: Partial<IncidentState> = {}): IncidentState {
  return { ...freshIncident(input, 10_000), ...change };
}

describe('the figures', () => {
  const back = { reach: 'all', state: 'verified', decidedAt: 10_000, safeAt: 14_000, endedAt: 40_000 } as const;
  it.each<[string, Partial<IncidentState>, object]>([
    [
      'of what was taken back by itself',
      { rollback: back, resolution },
      { decideMs: 0, safeMs: 4_000, verifiedMs: 30_000 },
    ],
    [
      'of what is being taken back',
      { rollback: { reach: 'all', state: 'running', decidedAt: 10_000 } },
      { decideMs: 0 },
    ],
    [
      'of a rollback that is not verified: only the resolution is',
      { rollback: { ...back, state: 'not verified' }, resolution },
      { decideMs: 0, safeMs: 4_000, verifiedMs: 60_000 },
    ],
    [
      'of a fix',
      { rollback: { reach: 'component', state: 'declined' }, resolution },
      { decideMs: 60_000, safeMs: 60_000, verifiedMs: 60_000 },
    ],
    ['of what is not resolved', { rollback: { reach: 'component', state: 'asked' } }, {}],
    [
      'of a resolution that did not hold',
      { resolution: { ...resolution, verdict: 'FAIL' }, rollback: { reach: 'component', state: 'asked' } },
      {},
    ],
  ])('%s', (_what, change, expected) => {
    const { change: before, ...figures } = figuresOf(state(change), ledger);
    expect(before?.id).toBe('1a/y#1');
    expect(figures).toEqual({ detectMs: 5_000, ...expected });
  });

  it('say nothing of the time to detect when no change came before', () => {
    expect(figuresOf(state({ resolution }), [entry('1a/late#1', 11_000)])).not.toHaveProperty('detectMs');
  });
});

describe('the draft', () => {
  it('tells the facts in their order, and never makes up what is not known', () => {
    const draft = postMortemDraft(input, state(), ledger);
    expect(draft).toContain('| time to detect | 5 s | the last change before it, 1a/y#1 |');
    expect(draft).toContain('| time to verified | nobody can say | its opening |');
    expect(draft.indexOf('1a/x#1')).toBeLessThan(draft.indexOf('1a/y#1:'));
  });

  it('says that what was changed could not be read', () => {
    expect(postMortemDraft(input, state(), { problem: 'the history is gone' })).toContain(
      'It could not be read: the history is gone'
    );
    expect(postMortemDraft(input, state(), [])).toContain('Nothing was changed.');
  });

  it('makes no markup of what people wrote', () => {
    const draft = postMortemDraft(input, state(), ledger);
    expect(draft).toContain('# Post-mortem: Data \\| leaks');
    expect(draft).toContain('seen \\<script\\>');
  });
});
