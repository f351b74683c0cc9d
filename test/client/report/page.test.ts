import { describe, expect, it } from 'vitest';
import type { KpiResult } from '../../../src/plan/run-status.js';
import { buildReport, type Report } from '../../../src/client/report/build-report.js';
import { pageOf } from '../../../src/client/report/html/page.js';
import { reportMarkdown } from '../../../src/client/report/markdown.js';
import type { ReportedWindow } from '../../../src/client/report/windows.js';
import { windowSpec } from '../../support/stage/plans.js';
import {
  approvalGate,
  deployEntry,
  flagEntry,
  frozen,
  holdGate,
  phaseStatus,
  record,
  rollback,
  run,
  second,
  snapshot,
  t,
  undo,
  workflowId,
} from '../support/snapshots.js';

const window: ReportedWindow = {
  address: '1a/window#1',
  workflowId: `${workflowId}/phase/1a`,
  title: 'Watch the success',
  t0: t,
  planned: '30m',
  verdict: 'PASS',
  judged: 'PASS',
  evidence: ['sha256:0123456789abcdef0123'],
  criteria: [
    {
      text: 'success > 95%',
      metric: 'success',
      description: 'Requests that succeed',
      unit: 'ratio',
      bounds: [
        { name: 'criterion', value: 0.95, text: '> 95%' },
        { name: 'warning', value: 0.9, text: '< 90%' },
        { name: 'critical', value: -40, text: '< -4000%' },
      ],
      points: [
        { at: t, class: 'ok', value: 0.99 },
        { at: t + second, class: 'breach', value: 0.94 },
        { at: t + 2 * second, class: 'error', problem: 'connection refused' },
        { at: t + 3 * second, class: 'ok', value: 0.98 },
      ],
    },
  ],
};

/** What a reader sees: text without markup, in one line. */
function words(page: string): string {
  return page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

const pageFor = (change: Parameters<typeof snapshot>[0] = {}, windows: Report['windows'] = []): string =>
  pageOf(buildReport(snapshot(change), windows));
const notVerified = run({
  state: 'rolled back, NOT verified',
  outcome: { kind: 'rolled-back-not-verified', reason: 'no metrics', endedAt: t + 80 * second },
});

describe('the report as a page', () => {
  it('begins with the outcome and what must be known about it', () => {
    const page = words(
      pageFor({ run: run({ state: 'completed', outcome: { kind: 'completed', reason: 'all of it', endedAt: t } }) })
    );
    expect(page).toMatch(/✔ completed all of it Note: identities were not verified/);
  });

  it('names the command that finishes a rollback which is not verified, as does Markdown', () => {
    const command = 'phasegate rollback demo/test-plan --reason "why"';
    const report = buildReport(snapshot({ run: notVerified }), []);
    expect(words(pageOf(report))).toContain(`Not finished. Its locks are held until somebody has finished it.`);
    expect(words(pageOf(report)).replaceAll('&quot;', '"')).toContain(command);
    expect(reportMarkdown(report)).toContain(command);
    expect(report.owed).toEqual([expect.objectContaining({ what: 'Finish the rollback' })]);
  });

  it('says of a run under way what it waits for, whom, until when and what then', () => {
    const page = words(pageFor({ phases: [phaseStatus({ state: 'waiting', gates: [approvalGate(), holdGate()] })] }));
    expect(page).toContain('under way for 45 s');
    expect(page).toMatch(
      /Still owed .*Approval of Agent execution core \(1a\/approval#1\) erin or lee .* otherwise: roll back/
    );
    expect(page).toContain('Not started 1b Workflow orchestrator');
  });

  it('says that it may not know all that is owed while no worker answers', () => {
    const page = words(pageFor({ noWorker: 'no worker answers', phases: [phaseStatus({ gates: [approvalGate()] })] }));
    expect(page).toContain('Note: no worker answers');
    expect(page).toContain('so this may not be everything');
  });

  it('draws each criterion with its thresholds, its breaches and what was not valid', () => {
    const page = pageFor({}, [window]);
    expect(page).toContain(
      'aria-label="success &gt; 95%: 4 samples of success, 2026-11-22 21:30:00Z to 2026-11-22 21:30:03Z; 94% to 99%; 2 ok, 1 breached, 1 not valid"'
    );
    expect(page).toMatch(/<text[^>]*>&gt; 95%<\/text>/);
    expect(page).toMatch(/<text[^>]*>warning &lt; 90%<\/text>/);
    expect(words(page)).toContain('Not valid: connection refused. Beyond this picture: critical &lt; -4000%.');
    expect(words(page)).toContain('✔ PASS');
    expect(words(page)).toContain('Its verdict was computed again from these samples: the same.');
  });

  it('shows no picture of what could not be read or was never measured, and says so', () => {
    const { address, workflowId: of, title } = window;
    const unread = pageFor({}, [{ address, workflowId: of, title, problem: 'the disk is gone' }]);
    expect(words(unread)).toContain('No picture: its samples could not be read. the disk is gone');
    expect(unread.match(/<figure/g)).toHaveLength(1);
    expect(words(unread)).toContain('windows passed 0 of 1, 1 unread');
    const [criterion] = window.criteria;
    if (!criterion) throw new Error('it has one');
    const blind = { ...criterion, points: [{ at: t, class: 'no-data' as const, problem: 'no data' }] };
    const page = words(pageFor({}, [{ ...window, verdict: 'HOLD', judged: 'HOLD', criteria: [blind] }]));
    expect(page).toContain('Nothing was measured. not one value; 0 ok, 0 breached, 1 not valid. Not valid: no data.');
    expect(page).not.toContain('✔ PASS');
  });

  it('shouts when the verdict does not follow from the samples', () => {
    const page = words(pageFor({}, [{ ...window, judged: 'FAIL' }]));
    expect(page).toContain('Computed again from these samples its verdict is FAIL, not PASS.');
  });

  it('never lets a waiver look like a pass', () => {
    const steps = [record('backups', { state: 'waived', verdict: 'FAIL', reason: 'three weeks old' })];
    const waivers = [{ address: '1a/backups#1', by: 'carlos', reason: 'a copy exists', at: t }];
    const page = pageFor({ phases: [phaseStatus({ steps, waivers })] });
    expect(words(page)).toMatch(/Waivers .* ! waived Step backups 1a\/backups#1 carlos a copy exists/);
    expect(page).not.toMatch(/✔ (waived|PASS|passed)/);
    expect(page).toContain('<span class="tag warn waived">! waived</span>');
    expect(words(page)).toMatch(/Who decided what, and when .* carlos ! waived/);
  });

  it('has the checklists with their answers, what was corrected, and links only where they lead somewhere', () => {
    const item = (attempt: number, answer: string, evidence: string) =>
      record('tests', {
        address: `1a/tests#${attempt}`,
        kind: 'attest',
        part: 'before',
        state: answer === 'failed' ? 'failed' : 'passed',
        answer: { by: 'erin', answer, evidence, at: t },
      });
    const base = frozen();
    const [first, ...rest] = base.plan.phases;
    if (!first) throw new Error('it has one');
    const listed = { ...first, checklists: [{ id: 'qa', title: 'Testing', items: ['tests', 'backups'] }] };
    const page = pageFor({
      frozen: { ...base, plan: { ...base.plan, phases: [listed, ...rest] } },
      phases: [
        phaseStatus({ steps: [item(1, 'failed', 'javascript:alert(1)'), item(2, 'done', 'https://ci.example/7')] }),
      ],
    });
    expect(words(page)).toMatch(/Testing item state .*before: failed, .*: erin: failed · javascript:alert\(1\)/);
    expect(page).toContain(
      '<a href="https://ci.example/7" rel="noopener noreferrer nofollow">https://ci.example/7</a>'
    );
    expect(page).not.toContain('href="javascript');
    expect(words(page)).toMatch(/backups · pending/);
  });

  it('has success metrics in the words of their state, the ones owed among what is owed', () => {
    const kpi = (id: string, state: KpiResult['state'], more: Partial<KpiResult> = {}): KpiResult => ({
      id,
      group: 'business',
      title: `KPI ${id}`,
      target: '< 5%',
      state,
      ...more,
    });
    const kpis = [
      kpi('a', 'met', { value: '3%', knownAt: t }),
      kpi('b', 'not met', { value: '9%' }),
      kpi('c', 'owed', { by: 'product-owner', dueAt: t }),
      kpi('d', 'unknown', { reason: 'no traffic' }),
    ];
    const page = words(pageFor({ run: run({ kpis }) }));
    for (const text of ['✔ met', '✖ not met', '◷ owed', '? unknown', 'no traffic']) expect(page).toContain(text);
    expect(page).toMatch(/Still owed .*Success metric: KPI c \(&lt; 5%\) product-owner/);
    expect(words(pageFor())).not.toContain('Success metrics');

    // Nobody will be asked when the run did not succeed.
    const { owed } = buildReport(snapshot({ run: { ...notVerified, kpis } }), []);
    expect(owed.map(({ what }) => what)).toEqual(['Finish the rollback']);
  });

  it('tells of a rollback: what was undone, by whom, and what it was verified by', () => {
    const page = words(
      pageFor({
        run: notVerified,
        phases: [phaseStatus({ state: 'rolled back', ledger: [flagEntry, deployEntry] })],
        rollbacks: [
          rollback({
            verified: false,
            verification: 'no metrics',
            undos: [undo('1a/enable#1'), undo('1a/core#1', { state: 'taken over', by: 'ola', reason: 'by hand' })],
          }),
        ],
      })
    );
    expect(page).toContain('rolled back, NOT verified: no metrics');
    expect(page).toMatch(/1a\/core#1 .* taken over ola/);
    expect(page).toMatch(/Who decided what, and when .* ola taken over/);
    expect(page).toContain('2, 2 undone');
  });

  it('tells of stages of the validation and of the clean-up as of any phase', () => {
    const stage = phaseStatus({
      phase: 'week',
      title: 'First week',
      state: 'completed',
      newBaseline: { success: 0.991 },
      steps: [record('window', { address: 'week/window#1' })],
    });
    const task = record('docs', { kind: 'task', address: 'cleanup/docs#1', state: 'waiting' });
    const gates = [approvalGate({ address: 'cleanup/docs#1', kind: 'attestation', title: 'Update the documents' })];
    const cleanup = phaseStatus({ phase: 'cleanup', title: 'Clean-up', state: 'waiting', steps: [task], gates });
    const page = words(pageFor({ phases: [stage], cleanup }));
    expect(page).toMatch(/week: First week ✔ completed .* New performance baselines metric mean success 99\.1%/);
    expect(page).toMatch(/Still owed .*Update the documents \(cleanup\/docs#1\)/);
    expect(page).toContain('cleanup: Clean-up ◷ waiting');
  });

  it('is the same twice for the same facts', () => {
    expect(pageFor({}, [window])).toBe(pageFor({}, [structuredClone(window)]));
  });

  it('needs no script and no network', () => {
    const page = pageFor({}, [window]);
    expect(page).not.toMatch(/<script|<img|<link|@import|url\((?!#)|\son[a-z]+=/i);
    expect(page).toContain('default-src &#39;none&#39;');
  });
});

describe('what people wrote', () => {
  const evil = `</style></svg><script>alert(1)</script><img src=x onerror="alert('1')">&lt; ]]> \u202e`;

  it('is text wherever it stands, in tables, attributes and pictures', () => {
    const steps = [record('window', { title: evil, reason: evil, criteria: [] }), record('tests', { state: 'waived' })];
    const waivers = [{ address: '1a/tests#1', by: evil, reason: evil, at: t }];
    const decisions = [
      {
        id: '1',
        gate: '1a/approval#1',
        decision: 'approve' as const,
        by: evil,
        roles: [evil],
        reason: evil,
        at: t,
        identity: 'identity' as const,
      },
    ];
    const gates = [holdGate({ title: evil, reason: evil, people: [evil] })];
    const [criterion] = window.criteria;
    if (!criterion) throw new Error('it has one');
    const bounds = criterion.bounds.map((bound) => ({ ...bound, text: evil }));
    const criteria = [{ ...criterion, text: evil, metric: evil, description: evil, bounds }];
    const page = pageFor(
      {
        run: run({ startedBy: evil, remarks: [evil], refusals: [{ at: t, message: evil, by: evil, reason: evil }] }),
        frozen: frozen({ vars: { [evil]: evil } }),
        phases: [phaseStatus({ title: evil, steps, waivers, decisions, gates, sentence: evil })],
        rollbacks: [
          rollback({ reason: evil, verification: evil, verified: false, undos: [undo(evil, { title: evil })] }),
        ],
      },
      [{ ...window, title: evil, criteria }]
    );
    expect(page).not.toMatch(/<script|<img|onerror="|\u202e/);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(page).toMatch(/<text[^>]*>warning &lt;\/style&gt;/);
    expect(page.match(/<svg/g)?.length).toBe(page.match(/<\/svg\s*>/g)?.length);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    ' JaVaScRiPt:alert(1)',
    'https://a b',
    'sha256:12',
  ])('is no link: %j', (evidence) => {
    const answer = { by: 'erin', answer: 'done', evidence, at: t };
    const page = pageFor({ phases: [phaseStatus({ steps: [record('tests', { answer })] })] });
    expect(page).not.toMatch(/<a href="(?!#)/);
  });

  it.each(['https://ci.example/?a=1&b="2"', 'mailto:erin@example.org'])('is a link: %j', (evidence) => {
    const answer = { by: 'erin', answer: 'done', evidence, at: t };
    const page = pageFor({ phases: [phaseStatus({ steps: [record('tests', { answer })] })] });
    expect(page).toContain(`<a href="${evidence.replace('&', '&amp;').replaceAll('"', '&quot;')}" rel=`);
  });
});

describe('a long window', () => {
  it('is thinned out to what can be seen; breaches stay', () => {
    const points = Array.from({ length: 20_000 }, (_, k) => ({
      at: t + k * second,
      class: k === 777 ? ('breach' as const) : ('ok' as const),
      value: k === 777 ? 0.5 : 0.99,
    }));
    const [criterion] = window.criteria;
    if (!criterion) throw new Error('it has one');
    const page = pageFor({}, [
      { ...window, planned: windowSpec().length.planned, criteria: [{ ...criterion, points }] },
    ]);
    expect(page.length).toBeLessThan(150_000);
    expect(page).toContain('19999 ok, 1 breached');
  });
});
