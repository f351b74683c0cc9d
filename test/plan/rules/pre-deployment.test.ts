import { describe, expect, it } from 'vitest';
import { freezeTexts, frozen } from '../support/freeze-texts.js';
import { sampleEnvironment, samplePlan } from '../support/samples.js';

const security = `
pre-deployment:
  checklists:
    - id: security
      title: Security
      items:
        - attest: { id: isolation, title: Isolation is tested, by: ops, valid-for: 24h }
        - check: { id: backups, command: [./ops/backup-age], on-fail: rollback }
  approval: { title: Executive approval, roles: { lead: 1, ops: 1 }, needs: any, expires: 72h }
`;

function withChecklists(change: (text: string) => string = (text) => text): string {
  return `${samplePlan.trimEnd()}\n${change(security)}`;
}

function faultsOf(change: (text: string) => string): unknown[] {
  return freezeTexts(withChecklists(change), sampleEnvironment).faults;
}

describe('checklists before all phases', () => {
  it('become the first phase of the run, which changes nothing', () => {
    const { frozen, faults } = freezeTexts(withChecklists(), sampleEnvironment);
    expect(faults).toEqual([]);
    expect(frozen?.plan.phases[0]).toMatchObject({
      id: 'pre-deployment',
      title: 'Pre-deployment checklists',
      checklists: [{ id: 'security', title: 'Security', items: ['isolation', 'backups'] }],
      before: [
        { kind: 'attest', id: 'isolation', onFail: 'hold', validFor: { planned: '24h' } },
        { kind: 'check', id: 'backups', onFail: 'rollback' },
      ],
      steps: [],
      approval: { title: 'Executive approval', needs: 'any', roles: { lead: 1, ops: 1 }, onExpiry: 'hold' },
    });
  });

  it('leave a plan without them as it was', () => {
    const { frozen } = freezeTexts(samplePlan, sampleEnvironment);
    expect(frozen?.plan.phases.some(({ checklists }) => checklists)).toBe(false);
  });

  it.each([
    [
      'an item id that is used twice',
      (text: string) => text.replace('id: backups', 'id: isolation'),
      {
        code: 'PG106',
        path: 'pre-deployment.checklists[security].items[isolation].check.id',
        message: 'item id "isolation" is used twice',
      },
    ],
    [
      'a checklist id that is used twice',
      (text: string) =>
        text.replace(
          '  approval:',
          '    - { id: security, title: Again, items: [attest: { id: gdpr, title: GDPR, by: ops }] }\n  approval:'
        ),
      {
        code: 'PG106',
        path: 'pre-deployment.checklists[security].id',
        message: 'checklist id "security" is used twice',
      },
    ],
    [
      'an item id that phasegate uses itself',
      (text: string) => text.replace('id: backups', 'id: approval'),
      {
        code: 'PG106',
        path: 'pre-deployment.checklists[security].items[approval].check.id',
        message: '"approval" is a name that phasegate uses itself',
      },
    ],
    [
      'an unknown role',
      (text: string) => text.replace('by: ops', 'by: opps'),
      {
        code: 'PG105',
        path: 'pre-deployment.checklists[security].items[isolation].attest.by',
        message: 'unknown role "opps"',
      },
    ],
    [
      'an unknown role in the approval',
      (text: string) => text.replace('lead: 1, ops: 1', 'leed: 1'),
      { code: 'PG105', path: 'pre-deployment.approval.roles.leed', message: 'unknown role "leed"' },
    ],
    [
      'a stable check, since nothing has been done yet',
      (text: string) => text.replace('command: [./ops/backup-age]', 'stable: { phases: [one], for: 1h }'),
      {
        code: 'PG111',
        path: 'pre-deployment.checklists[security].items[backups].check.stable',
        message: 'a stable check cannot come before all phases: nothing has been done yet',
      },
    ],
    [
      'a comparison with a baseline, since there is none yet',
      (text: string) => text.replace('command: [./ops/backup-age]', 'metric: latency within 20% of baseline'),
      {
        code: 'PG115',
        path: 'pre-deployment.checklists[security].items[backups].check.metric',
        message: 'here is no baseline: it is captured after the checks before a phase, for this phase alone',
      },
    ],
    [
      'an empty checklist',
      (text: string) => text.replace(/items:\n(?: {8}.*\n)+/, 'items: []\n'),
      { code: 'PG103', path: 'pre-deployment.checklists[security].items', message: 'a list is too short' },
    ],
    [
      'reminders that come too late',
      (text: string) => text.replace('by: ops,', 'by: ops, remind-every: 25h,'),
      {
        code: 'PG111',
        path: 'pre-deployment.checklists[security].items[isolation].attest.remind-every',
        message: '25h is not before the item expires after 24h',
      },
    ],
    [
      'needs that are neither all nor any',
      (text: string) => text.replace('needs: any', 'needs: one'),
      { code: 'PG103', path: 'pre-deployment.approval.needs', message: '"one" is not one of the choices' },
    ],
  ])('are refused with %s', (_, change, fault) => {
    expect(faultsOf(change)).toMatchObject([fault]);
  });

  it('may be approved by one role where the plan says so, and then need nobody of the other', () => {
    const board = withChecklists((text) => text.replace('lead: 1, ops: 1', 'lead: 1, board: 1')).replace(
      'roles:\n',
      'roles:\n  board: Board\n'
    );
    expect(freezeTexts(board, sampleEnvironment).faults).toEqual([]);
    expect(freezeTexts(board.replace('needs: any', 'needs: all'), sampleEnvironment).faults).toMatchObject([
      { code: 'PG109', message: expect.stringContaining('it needs 1 of lead and 1 of board') },
    ]);
  });

  it('are, with what comes before a phase, the only place where an answer can grow too old', () => {
    const before = samplePlan.replace('attest: { id: team,', 'attest: { valid-for: 24h, id: team,');
    expect(frozen(before).plan.phases[0]?.before[0]).toMatchObject({ validFor: { ms: 86_400_000, planned: '24h' } });
    const elsewhere = samplePlan.replace('attest: { id: looks-good,', 'attest: { valid-for: 24h, id: looks-good,');
    expect(elsewhere).not.toBe(samplePlan);
    expect(freezeTexts(elsewhere, sampleEnvironment).faults).toMatchObject([
      {
        code: 'PG111',
        path: 'phases[two].success.checks[looks-good].attest.valid-for',
        message: expect.stringContaining('only an item under pre-deployment or before can grow too old'),
        hint: 'leave it out',
      },
    ]);
  });

  it('keep their name to themselves', () => {
    const taken = samplePlan.replace(/- id: [\w-]+\n {4}title/, '- id: pre-deployment\n    title');
    expect(taken).not.toBe(samplePlan);
    expect(freezeTexts(taken, sampleEnvironment).faults).toContainEqual(
      expect.objectContaining({ code: 'PG106', message: expect.stringContaining('pre-deployment') })
    );
  });
});
