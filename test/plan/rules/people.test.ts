import { describe, expect, it } from 'vitest';
import { freezeTexts } from '../support/freeze-texts.js';
import { sampleEnvironment, samplePlan } from '../support/samples.js';

describe('rules about people', () => {
  it('refuse a gate whose only person is also the only one who could start', () => {
    const alone = sampleEnvironment.replace(
      / {2}ada: .*\n {2}bob: .*\n {2}cyd: .*\n/,
      '  ada: { title: Ada, roles: [lead, ops] }\n'
    );
    const { faults } = freezeTexts(samplePlan.replace('roles: { lead: 1, ops: 1 }', 'roles: { lead: 1 }'), alone);
    expect(faults).toMatchObject([
      {
        code: 'PG109',
        path: 'phases[one].approval.roles',
        message:
          'nobody could satisfy this gate in lab without the one who starts the run: it needs 1 of lead (lead: ada)',
        hint: expect.stringContaining('give the role to more people'),
      },
      { path: 'phases[two].approval.roles', message: expect.stringContaining('it needs 1 of lead') },
    ]);
  });

  it('say so while the plan has a fault elsewhere, and that nobody has the role at all', () => {
    const nobody = sampleEnvironment.replaceAll(/roles: \[(?:lead|ops, lead)\]/g, 'roles: []');
    const plan = samplePlan
      .replace('days: 1-3', 'days: 3-1')
      .replace('roles: { lead: 1, ops: 1 }', 'roles: { lead: 1 }, allow-starter: true')
      .replace('by: lead', 'by: ops')
      .replace('waivers: { roles: [lead] }', 'waivers: { roles: [ops] }');
    expect(freezeTexts(plan, nobody).faults.map(({ message }) => message)).toEqual([
      '"3-1" runs backwards',
      'nobody could satisfy this gate in lab without the one who starts the run: it needs 1 of lead (lead: nobody)',
      'nobody could satisfy this gate in lab: it needs 1 of lead (lead: nobody)',
    ]);
  });

  it('refuse gates of which each leaves somebody out whom another one needs', () => {
    const two = sampleEnvironment.replace('roles: [ops, lead]', 'roles: []');
    const plan = samplePlan.replace('roles: { lead: 1, ops: 1 }', 'roles: { ops: 1 }');
    expect(freezeTexts(plan, two.replace(/ {2}bob: .*\n/, '')).faults).toMatchObject([
      {
        code: 'PG109',
        path: 'phases[one].approval.roles',
        message: 'whoever starts the run in lab, one of its gates (phases one, two) cannot be satisfied',
        hint: 'give the roles to one more person in the environment',
      },
    ]);
    expect(freezeTexts(plan, two)).toMatchObject({
      faults: [],
      warnings: expect.arrayContaining([
        expect.objectContaining({
          code: 'PG109',
          path: 'people',
          message:
            'a run started by ada or cyd could not be approved (phases one, two): the one who starts does not count',
          hint: 'let somebody else start it, or give the role to more people',
        }),
      ]) as unknown,
    });
  });

  it('say nothing of who starts where everybody may', () => {
    expect(freezeTexts(samplePlan, sampleEnvironment).warnings.map(({ code }) => code)).not.toContain('PG109');
  });

  it('name only the gates that somebody who starts leaves without people', () => {
    const environment = sampleEnvironment.replace(
      'cyd: { title: Cyd, roles: [ops] }',
      'cyd: { title: Cyd, roles: [lead] }'
    );
    const plan = samplePlan.replace('roles: { lead: 1, ops: 1 }', 'roles: { ops: 1 }');
    expect(freezeTexts(plan, environment).warnings.map(({ message }) => message)).toContain(
      'a run started by bob could not be approved (phases two): the one who starts does not count'
    );
  });

  it('warn where nobody may waive', () => {
    const nobody = samplePlan.replace('roles:\n  lead: Lead', 'roles:\n  cto: CTO\n  lead: Lead');
    const ofWaivers = (roles: string): unknown[] =>
      freezeTexts(nobody.replace('roles: [lead]', `roles: [${roles}]`), sampleEnvironment).warnings.filter(
        ({ message }) => message.includes('waive')
      );
    expect(ofWaivers('cto')).toMatchObject([
      {
        code: 'PG109',
        path: 'waivers.roles',
        message: 'nobody in lab may waive',
        hint: 'give the role to somebody under people in lab',
      },
    ]);
    expect(ofWaivers('cto, lead')).toEqual([]);
  });

  it('let the starter count where the plan says so', () => {
    const alone = sampleEnvironment.replace(
      / {2}ada: .*\n {2}bob: .*\n {2}cyd: .*\n/,
      '  ada: { title: Ada, roles: [lead, ops] }\n'
    );
    const plan = samplePlan
      .replace('roles: { lead: 1 }, expires', 'roles: { lead: 1 }, allow-starter: true, expires')
      .replace('roles: { lead: 1, ops: 1 }', 'roles: { lead: 1 }, allow-starter: true');
    expect(freezeTexts(plan, alone).faults).toEqual([]);
  });

  it('have nothing to add to a role that is not declared', () => {
    const { faults } = freezeTexts(
      samplePlan.replace('roles: { lead: 1, ops: 1 }', 'roles: { leed: 1, ops: 1 }'),
      sampleEnvironment
    );
    expect(faults).toMatchObject([{ code: 'PG105', message: 'unknown role "leed"' }]);
  });

  it('count a person with two roles once', () => {
    const two = sampleEnvironment
      .replace('  cyd: { title: Cyd, roles: [ops] }\n', '')
      .replace('ada: { title: Ada, roles: [lead] }', 'ada: { title: Ada, roles: [guest] }');
    const { faults } = freezeTexts(
      samplePlan
        .replace('roles: { lead: 1 }, expires', 'roles: { lead: 1 }, allow-starter: true, expires')
        .replace('roles: { lead: 1, ops: 1 }', 'roles: { lead: 1, ops: 1 }, allow-starter: true'),
      two
    );
    expect(faults).toMatchObject([
      { code: 'PG109', message: expect.stringContaining('it needs 1 of lead and 1 of ops (lead: bob; ops: bob)') },
    ]);
  });

  it('warn that some could not start it, and refuse when one of them does', () => {
    const environment = sampleEnvironment.replace('roles: [ops, lead]', 'roles: [ops]');
    expect(freezeTexts(samplePlan, environment).warnings).toContainEqual(
      expect.objectContaining({
        file: 'lab.yaml',
        line: 8,
        message: expect.stringContaining('a run started by ada could not be approved'),
      })
    );
    expect(freezeTexts(samplePlan, environment, {}, 'bob').faults).toEqual([]);
    expect(freezeTexts(samplePlan, environment, {}, 'ada').faults).toMatchObject([
      { code: 'PG109', message: expect.stringContaining('without ada') },
      { code: 'PG109' },
    ]);
    expect(freezeTexts(samplePlan, environment, {}, ' Ada').faults).toHaveLength(2);
  });

  it('do not take a stranger who looks at the plan for its starter', () => {
    const alone = sampleEnvironment.replace(
      / {2}ada: .*\n {2}bob: .*\n {2}cyd: .*\n/,
      '  ada: { title: Ada, roles: [lead, ops] }\n'
    );
    const plan = samplePlan.replace('roles: { lead: 1, ops: 1 }', 'roles: { lead: 1 }');
    expect(freezeTexts(plan, alone, {}, 'mallory').faults).toMatchObject([{ code: 'PG109' }, { code: 'PG109' }]);
  });

  it('refuse a role that nobody holds, at an attestation and at an escalation', () => {
    const environment = sampleEnvironment
      .replace('roles: [ops, lead]', 'roles: [lead]')
      .replace('cyd: { title: Cyd, roles: [ops] }', 'cyd: { title: Cyd, roles: [lead] }');
    const plan = samplePlan.replace('roles: { lead: 1, ops: 1 }', 'roles: { lead: 1 }');
    expect(freezeTexts(plan, environment).faults).toMatchObject([
      { code: 'PG109', path: 'phases[one].before[team].attest.by', message: 'nobody in lab is ops' },
      { code: 'PG109', path: 'phases[one].approval.escalate.to', message: 'nobody in lab is ops' },
    ]);
  });
});
