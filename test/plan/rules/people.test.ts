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
    expect(faults.map((fault) => fault.message)).toEqual([
      expect.stringContaining(
        'nobody could satisfy this gate in lab without the one who starts the run: it needs 1 of lead (lead: ada)'
      ),
      expect.stringContaining('it needs 1 of lead'),
    ]);
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
    expect(freezeTexts(plan, environment).faults.map(({ line, message }) => [line, message])).toEqual([
      [28, 'nobody in lab is ops'],
      [36, 'nobody in lab is ops'],
    ]);
  });
});
