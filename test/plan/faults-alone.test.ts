import { describe, expect, it } from 'vitest';
import { faultsAlone } from '../../src/plan/faults-alone.js';
import { loadPlan } from '../../src/plan/load-plan.js';
import { replaceOnce, samplePlan } from './support/samples.js';

const faultsOf = (text: string, given: Record<string, string>): object[] =>
  faultsAlone(loadPlan(text, 'plan.yaml'), given).map(({ code, path, line, message, hint }) => {
    return { code, path, line, message, hint };
  });
const unknown = (name: string, hint: string): object => {
  return { code: 'PG107', path: 'vars', line: 7, message: `--var ${name}: the plan has no such variable`, hint };
};

describe('what is wrong with a plan without an environment', () => {
  it('is nothing where each value has a variable', () => {
    expect(faultsOf(samplePlan, {})).toEqual([]);
    expect(faultsOf(samplePlan, { revision: 'v3' })).toEqual([]);
  });

  it.each([
    ['revison', 'did you mean "revision"?'],
    ['platform', 'known are revision; declare it under vars, or give --env if the environment has it'],
  ])('is a value for %s, which no variable has', (name, hint) => {
    expect(faultsOf(samplePlan, { revision: 'v3', [name]: 'x' })).toEqual([unknown(name, hint)]);
  });

  it('is a value where the plan has no variables', () => {
    const without = samplePlan.replace(/^vars:\n.*\n/m, '').replaceAll('{{vars.revision}}', 'v2');
    expect(faultsOf(without, { revision: 'v3' })).toMatchObject([{ code: 'PG107' }]);
  });

  it('is told in the order of the file, with the faults that were there', () => {
    const late = replaceOnce(samplePlan, 'days: 1-3', 'days: 3-1');
    const both = replaceOnce(late, 'title: Sample migration', 'titel: Sample migration');
    expect(faultsOf(both, { platform: 'x' }).map((fault) => 'code' in fault && fault.code)).toEqual([
      'PG103',
      'PG103',
      'PG107',
      'PG104',
    ]);
  });

  it('is no value of a variable while nobody knows which there are', () => {
    const list = samplePlan.replace(/^vars:\n.*\n/m, 'vars: [revision]\n');
    const alone = loadPlan(list, 'plan.yaml');
    expect(alone.faults).not.toEqual([]);
    expect(faultsAlone(alone, { platform: 'x' })).toEqual(alone.faults);
    const broken = loadPlan('vars: {', 'plan.yaml');
    expect(broken.faults).not.toEqual([]);
    expect(faultsAlone(broken, { platform: 'x' })).toEqual(broken.faults);
  });
});
