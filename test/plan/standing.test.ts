import { describe, expect, it } from 'vitest';
import type { FrozenPlan, Standing } from '../../src/plan/model.js';
import { standingWords, unfitForProduction } from '../../src/plan/standing.js';
import { environment, plan } from '../support/stage/plans.js';
import { freezeTexts } from './support/freeze-texts.js';
import { sampleEnvironment, samplePlan } from './support/samples.js';

const approved: Standing = {
  status: 'ready',
  owner: 'lead',
  updated: '2025-09-10',
  approval: { role: 'lead', by: 'erin', on: '2025-09-12' },
};
const pending: Standing = { ...approved, approval: { role: 'lead' }, nextReview: 'Retrospective' };

function frozen(kind: 'production' | 'demo', document?: Standing): FrozenPlan {
  const where = environment('prod', { kind });
  return { digest: '', plan: { ...plan([]), ...(document ? { document } : {}) }, environment: where, vars: {} };
}

describe('a plan in production', () => {
  it.each([
    ['ready and approved', approved, undefined],
    ['without a document', undefined, undefined],
    ['not approved', pending, 'the plan is not approved: a lead must approve it before it starts in production'],
    ['a draft', { ...approved, status: 'draft' }, 'the plan is a draft, which does not start in production'],
  ] as const)('that is %s', (_, document, problem) => {
    expect(unfitForProduction(frozen('production', document))).toBe(problem);
  });

  it('is the only one that is asked for its approval', () => {
    expect(unfitForProduction(frozen('demo', pending))).toBeUndefined();
  });
});

describe('the words for how a plan stands', () => {
  it('name who approved it, or who has to', () => {
    expect(standingWords(approved)).toBe(
      'ready, kept by lead, updated 2025-09-10, approved by erin (lead) on 2025-09-12'
    );
    expect(standingWords(pending)).toBe(
      'ready, kept by lead, updated 2025-09-10, NOT approved yet (lead), next review: Retrospective'
    );
  });
});

describe('the document of a plan', () => {
  const document = (approval: string, more = ''): string =>
    samplePlan.replace(
      'roles:\n  lead',
      `document: { status: ready, owner: ops, updated: 2025-09-10, approval: { ${approval} }${more} }\nroles:\n  lead`
    );
  const problems = (text: string, where = sampleEnvironment): string[] => {
    const { faults, warnings } = freezeTexts(text, where);
    const ours = [...faults, ...warnings].filter(
      ({ code, message }) => code === 'PG117' || /approv|role|day/.test(message)
    );
    return ours.map(({ code, message }) => `${code} ${message}`);
  };
  const production = sampleEnvironment.replace('kind: test', 'kind: production');

  it('is frozen with the plan', () => {
    const { frozen: found, faults } = freezeTexts(document('role: lead, by: ada, on: 2025-09-10'), sampleEnvironment);
    expect(faults).toEqual([]);
    expect(found?.plan.document).toEqual({
      status: 'ready',
      owner: 'ops',
      updated: '2025-09-10',
      approval: { role: 'lead', by: 'ada', on: '2025-09-10' },
    });
  });

  it.each([
    ['an unknown role', 'role: leed', 'PG105 unknown role "leed"'],
    [
      'somebody without the role',
      'role: lead, by: cyd, on: 2025-09-12',
      'PG109 cyd is no lead in lab, so this approves nothing',
    ],
    [
      'a name without a day',
      'role: lead, by: ada',
      'PG103 an approval says who and when, or neither while it is pending',
    ],
    [
      'a day without a name',
      'role: lead, on: 2025-09-12',
      'PG103 an approval says who and when, or neither while it is pending',
    ],
    [
      'a day before its last change',
      'role: lead, by: ada, on: 2025-09-09',
      'PG117 it was approved on 2025-09-09, and changed after that, on 2025-09-10',
    ],
    ['a day that is none', 'role: lead, by: ada, on: 2025-02-30', 'PG104 "2025-02-30" is no day'],
  ])('is refused with %s', (_, approval, problem) => {
    expect(problems(document(approval))).toEqual([problem]);
  });

  it.each([
    ['an owner', 'role: lead', 'owner: ops', 'owner: opps', 'document.owner', 'did you mean "ops"?'],
    ['a role', 'role: leed', '', '', 'document.approval.role', 'did you mean "lead"?'],
    ['who', 'role: lead, by: cyd, on: 2025-09-12', '', '', 'document.approval.by', 'a lead is: ada, bob'],
    [
      'who, where nobody could',
      'role: cto, by: cyd, on: 2025-09-12',
      'roles:\n  lead',
      'roles:\n  cto: CTO\n  lead',
      'document.approval.by',
      'give the role to somebody under people in lab',
    ],
    ['half of it', 'role: lead, by: ada', '', '', 'document.approval', 'write both by and on, or leave both out'],
    [
      'the day',
      'role: lead, by: ada, on: 2025-09-09',
      '',
      '',
      'document.approval.on',
      'have the present plan approved',
    ],
  ])('says where what is wrong stands, and what to do: %s', (_, approval, from, to, path, hint) => {
    const { faults } = freezeTexts(document(approval).replace(from, to), sampleEnvironment);
    expect(faults).toMatchObject([{ path, hint }]);
  });

  it('says nothing of a half that has a fault of its own, or of a person', () => {
    const half = document('role: lead, by: ada, on: never');
    expect(freezeTexts(half, sampleEnvironment).faults).toMatchObject([{ path: 'document.approval.on' }]);
    const person = document('role: lead, by: [ada], on: 2025-09-12');
    expect(freezeTexts(person, sampleEnvironment).faults).toMatchObject([{ path: 'document.approval.by' }]);
  });

  it('warns in production, and only there, of what is missing', () => {
    expect(problems(document('role: lead'), production)).toEqual([
      'PG117 the plan is not approved, and does not start in production',
    ]);
    expect(problems(document('role: lead'))).toEqual([]);
    expect(freezeTexts(document('role: lead'), production).warnings).toContainEqual(
      expect.objectContaining({ path: 'document.approval', hint: 'a lead approves it: write by and on' })
    );
    expect(problems(document('role: lead, by: ada, on: 2025-09-10'), production)).toEqual([]);
    const draft = document('role: lead, by: ada, on: 2025-09-10').replace('status: ready', 'status: draft');
    expect(problems(draft, production)).toEqual(['PG117 the plan is a draft, and does not start in production']);
    expect(freezeTexts(draft, production).warnings).toContainEqual(
      expect.objectContaining({ path: 'document.status', hint: 'write status: ready when it is' })
    );
  });
});
