import { describe, expect, it } from 'vitest';
import { freezeTexts, frozen } from '../support/freeze-texts.js';
import { sampleEnvironment, samplePlan } from '../support/samples.js';

const notYaml = 'phasegate: [';

describe('a plan in an environment', () => {
  it.each([
    ['plan', notYaml, sampleEnvironment, 'plan.yaml'],
    ['environment', samplePlan, notYaml, 'lab.yaml'],
  ])('is judged no further while its %s cannot be read', (_what, plan, environment, file) => {
    const { faults, warnings, frozen: result } = freezeTexts(plan, environment, { revision: 'v1', nobodys: 'x' });
    expect(faults.map((fault) => [fault.code, fault.file])).toEqual([['PG102', file]]);
    expect(warnings).toEqual([]);
    expect(result).toBeUndefined();
  });

  it('has its faults apart from its warnings', () => {
    const { faults, warnings } = freezeTexts(samplePlan.replace('by: ops', 'by: nobody'), sampleEnvironment);
    expect([...new Set(faults.map(({ severity }) => severity))]).toEqual(['error']);
    expect([...new Set(warnings.map(({ severity }) => severity))]).toEqual(['warning']);
  });

  it('names the services that it has when another is meant, and says where to declare one', () => {
    const hint = (name: string): string | undefined =>
      freezeTexts(samplePlan.replace('env.services.core', `env.services.${name}`), sampleEnvironment).faults[0]?.hint;
    expect(hint('cor')).toBe('did you mean "core"?');
    expect(hint('billing-and-more')).toBe('known are core; declare it under services in the environment');
  });

  it('says nothing about a service whose address has a fault of its own', () => {
    const broken = sampleEnvironment.replace("core: '{{vars.platform}}/core'", 'core: 7');
    expect(freezeTexts(samplePlan, broken).faults.map(({ file }) => file)).toEqual(['lab.yaml']);
  });
});

describe('a template in a list', () => {
  it('is no program where the list is no command', () => {
    const text = samplePlan.replace('include: [tester]', "include: ['{{vars.revision}}', '{{vars.revision}}']");
    expect(frozen(text).plan.phases[0]?.steps[0]).toMatchObject({ include: ['v2', 'v2'] });
  });
});

describe('a deploy target without a way back', () => {
  it('has no undo, instead of applying the earlier revision', () => {
    const environment = sampleEnvironment.replace("'{{revision}}'] }", "'{{revision}}'], undo: none }");
    const plan = samplePlan.replace(
      "revision: '{{vars.revision}}' }",
      "revision: '{{vars.revision}}', cannot-undo: x }"
    );
    expect(frozen(plan, environment).environment.deploy['core']?.undo).toEqual([]);
  });
});
