import { describe, expect, it } from 'vitest';
import { buildReport } from '../../../src/client/report/build-report.js';
import { reportMarkdown } from '../../../src/client/report/markdown.js';
import { cell, mdTable } from '../../../src/client/markdown/table.js';
import {
  deployEntry,
  flagEntry,
  phaseStatus,
  record,
  rollback,
  run,
  second,
  snapshot,
  t,
  undo,
} from '../support/snapshots.js';

const window = record('window', {
  state: 'failed',
  verdict: 'FAIL',
  reason: 'success was 80%',
  criteria: [{ text: 'success > 95%', metric: 'success', ok: 3, breaches: 2, notValid: 1, last: 0.8, worst: 0.75 }],
  evidence: [{ digest: 'sha256:abc', bytes: 10 }],
});
const taken = snapshot({
  run: run({
    outcome: { kind: 'rolled-back-verified', reason: '1a/window#1 failed', endedAt: t + 80 * second },
    refusals: [{ at: t, message: 'approve', by: 'mallory', reason: 'not one of the people' }],
  }),
  phases: [
    phaseStatus({
      state: 'rolled back',
      endedAt: t + 75 * second,
      steps: [record('enable'), window],
      ledger: [flagEntry, deployEntry],
      decisions: [
        {
          id: '1',
          gate: '1a/approval#1',
          decision: 'reject',
          by: 'erin',
          roles: ['lead'],
          reason: 'no | way',
          at: t,
          identity: 'identity',
        },
      ],
      waivers: [{ address: '1a/backups#1', by: 'carlos', reason: 'a copy exists', at: t }],
    }),
  ],
  rollbacks: [
    rollback({
      undos: [
        undo('1a/enable#1', { evidence: { digest: 'sha256:undo', bytes: 1 } }),
        undo('1a/core#1', { state: 'taken over', reason: 'by hand' }),
      ],
    }),
  ],
});

describe('a report', () => {
  it('says of every change what became of it', () => {
    const { changes } = buildReport(taken);
    expect(changes.map(({ id, change, before, fate }) => [id, change, before, fate])).toEqual([
      ['1a/enable#1', 'FLAG_CORE → 5 %', 'off', 'undone'],
      ['1a/core#1', 'core → v2', 'revision v1', 'taken over by hand'],
    ]);
    const running = buildReport(
      snapshot({ phases: [phaseStatus({ ledger: [flagEntry, { ...deployEntry, cannotUndo: 'gone' }] })] })
    );
    expect(running.changes.map((change) => change.fate)).toEqual(['in force', 'cannot be undone']);
  });

  it('begins with the outcome in one line, and repeats what must be known about it', () => {
    const markdown = reportMarkdown(buildReport(taken));
    const lines = markdown.split('\n');
    expect(lines[0]).toBe('# A plan for tests in Test');
    expect(lines[2]).toBe('**rolled back, verified: 1a/window#1 failed · identities were not verified**');
    expect(markdown).toContain('> Note: identities were not verified');
  });

  it('names what finishes an end that is not finished, and nothing after any other', () => {
    const open = snapshot({
      run: run({ outcome: { kind: 'rolled-back-not-verified', reason: 'no metrics', endedAt: t } }),
    });
    expect(reportMarkdown(buildReport(open)).split('\n')[4]).toBe(
      'Its locks are held until somebody has finished it. When what stood against it is mended: `phasegate rollback demo/test-plan --reason "why"` (without a terminal add --confirm demo)'
    );
    expect(buildReport(taken)).not.toHaveProperty('finishing');
  });

  it('has the numbers of each window, the decisions, the waivers, the refusals, the undo and the evidence', () => {
    const markdown = reportMarkdown(buildReport(taken));
    expect(markdown).toContain('| success \\> 95% | 80% | 75% | 3 | 2 | 1 |');
    expect(markdown).toContain('| erin | reject | lead | no \\| way | not verified |');
    expect(markdown).toContain('| carlos | a copy exists |');
    expect(markdown).toContain('| approve | mallory | not one of the people |');
    expect(markdown).toContain('sha256:abc');
    expect(markdown).toContain('sha256:undo');
    expect(markdown).toContain('## Not started\n\n- 1b Workflow orchestrator');
  });

  it('is the same twice for the same facts', () => {
    expect(buildReport(structuredClone(taken))).toEqual(buildReport(taken));
  });

  it('says that nothing was changed, rather than nothing at all', () => {
    expect(reportMarkdown(buildReport(snapshot()))).toContain('Nothing was changed.');
  });
});

describe('text in Markdown', () => {
  it.each([
    ['a | b', 'a \\| b'],
    ['<script>', '\\<script\\>'],
    ['[x](y)', '\\[x\\](y)'],
    ['line\nbreak', 'line break'],
    ['`code` *b* _i_', '\\`code\\` \\*b\\* \\_i\\_'],
    ['# title', '\\# title'],
    ['- item', '\\- item'],
    ['1. item', '1\\. item'],
    ['12) item', '12\\) item'],
    ['---', '\\---'],
    ['=== x', '\\=== x'],
    ['&lt;b&gt; ~~gone~~', '\\&lt;b\\&gt; \\~~gone\\~~'],
    ['-5 % & 1.5 s, ~3, #7', '-5 % & 1.5 s, ~3, #7'],
  ])('%j can neither break a table nor become markup', (text, expected) => {
    expect(cell(text)).toBe(expected);
  });

  it('is no table without rows', () => {
    expect(mdTable(['a'], [])).toBe('');
  });
});
