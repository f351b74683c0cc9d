import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../../src/plan/change.js';
import { freshIncident, type IncidentState } from '../../../src/plan/incidents/course.js';
import { figuresOf, postMortemDraft } from '../../../src/plan/incidents/post-mortem.js';
import { incidentInput } from '../../support/stage/plans.js';

const input = incidentInput({
  severity: 1,
  title: 'Data | leaks',
  reason: 'seen <script>',
  reach: 'all',
});
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

  it('count from the last change, in whatever order the ledger has them, and one at its opening is before it', () => {
    const mixed = [entry('1a/y#1', 5_000), entry('1a/late#1', 11_000), entry('1a/x#1', 1_000)];
    expect(figuresOf(state(), mixed).change?.id).toBe('1a/y#1');
    expect(figuresOf(state(), [...mixed, entry('1a/z#1', 10_000)])).toMatchObject({ detectMs: 0 });
  });

  it('of what nobody takes back are those of its resolution', () => {
    const { rollback: _none, ...rest } = state({ resolution });
    expect(figuresOf(rest, [])).toEqual({ decideMs: 60_000, safeMs: 60_000, verifiedMs: 60_000 });
    const asked = { reach: 'component', state: 'asked' } as const;
    expect(figuresOf(state({ rollback: asked, resolution }), [])).toMatchObject({ safeMs: 60_000 });
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

  it('has all that is known, in the order in which it happened', () => {
    const whole = state({
      acknowledged: { by: 'erin', at: 12_000 },
      resolution,
      rollback: {
        reach: 'component',
        state: 'verified',
        by: 'erin',
        decidedAt: 11_000,
        safeAt: 14_000,
        endedAt: 40_000,
      },
      warRoom: {
        trigger: 'rollback',
        openedAt: 10_000,
        activateBy: 11_000,
        roles: [
          { id: 'commander', title: 'Commander', role: 'lead', person: 'erin' },
          { id: 'sponsor', title: 'Sponsor', role: 'cto' },
        ],
        steps: [
          { id: 'a', title: 'Activate', doneAt: 13_000, by: 'lee', note: 'in *room* 5' },
          { id: 'b', title: 'Assess' },
        ],
      },
      tasks: [{ id: 't', title: 'Notify', note: 'later' }],
      timeline: [{ at: 10_000, text: 'it\n\nopened ' }],
    });
    expect(postMortemDraft({ ...input, phase: '1a' }, whole, ledger.slice(0, 1))).toBe(
      [
        '# Post-mortem: Data \\| leaks',
        '',
        'Incident 3 of migration/e/p, severity 1. Drafted by phasegate from the timeline; causes, lessons and actions are for people to write.',
        '',
        '## Figures',
        '',
        '| what | time | counted from |',
        '| --- | --- | --- |',
        '| time to detect | 9 s | the last change before it, 1a/x#1 |',
        '| time to decide | 1 s | its opening |',
        '| time to safe | 4 s | its opening |',
        '| time to verified | 30 s | its opening |',
        '',
        '## What was seen',
        '',
        '1970-01-01 00:00:10Z: seen \\<script\\> (source: guard, opened by the guard, phase 1a)',
        '',
        '## What changed',
        '',
        '- 1970-01-01 00:00:01Z 1a/x#1: core → v2 (before: revision v1)',
        '',
        '## Who decided',
        '',
        '- 1970-01-01 00:00:11Z erin: take back the component',
        '- 1970-01-01 00:00:12Z erin acknowledged',
        '- 1970-01-01 00:01:10Z lee resolved it: undone',
        '',
        '## Timeline',
        '',
        '- 1970-01-01 00:00:10Z it opened',
        '',
        '## War room',
        '',
        '- Commander: erin',
        '- Sponsor: nobody',
        '',
        '## Procedure',
        '',
        '- [x] Activate, 1970-01-01 00:00:13Z by lee: in \\*room\\* 5',
        '- [ ] Assess',
        '',
        '## Tasks',
        '',
        '- [ ] Notify: later',
        '',
        '## Cause, lessons, actions',
        '',
        'To be written.',
        '',
      ].join('\n')
    );
  });

  it('names nobody as having decided what it was not told of', () => {
    const back = { reach: 'component', state: 'verified', decidedAt: 11_000 } as const;
    const { reach: _reach, ...unasked } = input;
    for (const one of [unasked, { ...input, reach: 'component' } as const]) {
      const draft = postMortemDraft(one, state({ rollback: back }), []);
      expect(draft).toContain('It was decided to take back the component: by whom, see the timeline');
      expect(draft).not.toContain('The plan');
    }
  });

  it('has no more than is known', () => {
    const draft = postMortemDraft(input, state({ timeline: [], tasks: [] }), []);
    expect(draft).toContain('| time to detect | nobody can say | no change before it is known |');
    expect(draft).toContain('(source: guard, opened by the guard)');
    expect(draft).toContain('- 1970-01-01 00:00:10Z The plan: take back everything');
    expect(draft).not.toMatch(/## (War room|Procedure|Tasks)/);
    const { rollback: _none, ...rest } = state();
    expect(postMortemDraft(input, rest, { problem: 'gone' })).toMatch(/## Who decided\n\n\n## Timeline/);
    expect(postMortemDraft(input, rest, { problem: 'gone' })).not.toContain('Nothing was changed.');
    expect(postMortemDraft(input, rest, ledger)).not.toContain('Nothing was changed.');
  });
});
