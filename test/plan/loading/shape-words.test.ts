import { describe, expect, it } from 'vitest';
import { reservedKeys } from '../../../src/plan/document/reserved.js';
import type { ErrorCode } from '../../../src/plan/errors.js';
import { loadEnvironment } from '../../../src/plan/load-environment.js';
import { loadPlan } from '../../../src/plan/load-plan.js';
import { expectOnlyFault } from '../support/expect-fault.js';
import type { FaultCase } from '../support/expect-fault.js';
import { change, changeAll, sampleEnvironment, samplePlan } from '../support/samples.js';

const code: ErrorCode = 'PG103';
const inPlan: FaultCase[] = [
  {
    name: 'a number for text that has no example',
    from: '  lead: Lead',
    to: '  lead: «12»',
    code,
    says: 'expected text, found 12',
    hint: 'put quotes around it: "12"',
  },
  {
    name: 'truth for text',
    from: '  lead: Lead',
    to: '  lead: «true»',
    code,
    says: 'expected text, found true',
    hint: 'docs/plan-reference.md',
  },
  {
    name: 'text for truth',
    from: 'to: true, percent: 5',
    to: 'to: «maybe», percent: 5',
    code,
    says: 'expected true or false, found "maybe"',
  },
  {
    name: 'a number for a mapping',
    from: '- flag: { id: enable, key: NEW_TOOLS, to: true }',
    to: '- flag: «5»',
    code,
    says: 'expected a mapping, found 5',
  },
  {
    name: 'a number for a mapping of names',
    from: 'roles: { lead: 1 }, expires',
    to: 'roles: «5», expires',
    code,
    says: 'expected a mapping, found 5',
  },
  {
    name: 'a part of a person',
    from: 'roles: { lead: 1 }, expires',
    to: 'roles: { lead: «1.5» }, expires',
    code,
    says: 'expected a whole number, found 1.5',
    hint: 'write a number without quotes',
  },
  {
    name: 'a mapping for a list',
    from: 'metrics: [error_rate]',
    to: '«metrics»: {}',
    code,
    says: 'expected a list, found a mapping',
    hint: 'write a list: [a, b]',
  },
  {
    name: 'too few people',
    from: 'roles: { lead: 1 }, expires',
    to: 'roles: { lead: «0» }, expires',
    code,
    says: '0 is too small',
    hint: 'at least 1',
  },
  {
    name: 'a long text, which is cut',
    from: 'title: Sample migration',
    to: `title: «${'x'.repeat(201)}»`,
    code,
    says: `"${'x'.repeat(59)}… is too long`,
    hint: 'at most 200 characters',
  },
  {
    name: 'a text that is empty',
    from: 'title: Sample migration',
    to: 'title: «""»',
    code,
    says: '"" is too short',
  },
  {
    name: 'an id of other characters',
    from: 'id: sample\n',
    to: 'id: «Sample One»\n',
    code,
    says: '"Sample One" does not fit',
    hint: 'lower case letters, digits and hyphens',
  },
  {
    name: 'a name of other characters, whose value is plain text',
    from: '  lead: Lead\n',
    to: '  lead: Lead\n  «the boss»: Boss\n',
    code,
    says: '"the boss" cannot be a name here',
  },
  {
    name: 'a criterion in long form that is no text',
    from: 'criteria: [error_rate < 1%,',
    to: 'criteria: [{ criterion: «5» },',
    code,
    says: 'expected text, found 5',
  },
  {
    name: 'an unknown key that every object has in JavaScript',
    from: 'waivers: {',
    to: '«toString»: 5\nwaivers: {',
    code,
    says: 'unknown key "toString"',
  },
  ...Object.keys(reservedKeys).map((key) => ({
    name: `the reserved key ${key} where it would not be`,
    from: '    title: Second\n',
    to: `    title: Second\n    «${key}»: 5\n`,
    code,
    says: `unknown key "${key}"`,
  })),
];

const inEnvironment: FaultCase[] = [
  {
    name: 'a key that is missing, with its choices',
    also: [['phasegate:', '«phasegate»:']],
    from: 'kind: test\n',
    to: '',
    code,
    says: 'missing key "kind"',
    hint: 'one of "demo", "test", "staging", "production"',
  },
  {
    name: 'a template of deploy commands in another list',
    from: '[./ops/*]',
    to: "[./ops/*, «'{{revision}}'»]",
    code: 'PG107',
    says: 'unknown template "revision"',
    hint: 'known here are {{vars.NAME}}',
  },
  {
    name: 'a template of deploy commands beside them',
    from: 'core: { read:',
    to: "core: { timeout: «'{{revision}}'», read:",
    code: 'PG107',
    says: 'unknown template "revision"',
  },
];

describe('what does not fit', () => {
  it.each(inPlan)('$name is told in the words of plans', (row) => {
    const marked = changeAll(samplePlan, row);
    expectOnlyFault(loadPlan(marked.text, 'plan.yaml').faults, marked, row);
  });

  it.each(inEnvironment)('$name is told in the words of environments', (row) => {
    const marked = changeAll(sampleEnvironment, row);
    expectOnlyFault(loadEnvironment(marked.text, 'lab.yaml', {}).faults, marked, row);
  });

  it.each([
    ['[25, 50, 100]', '[25, 50, 101]', 'at most 100'],
    ['to: true, percent: 5,', 'to: true, percent: -5,', 'at least 0'],
    ['title: Sample migration', 'title: ""', 'at least 1 characters'],
    [
      'steps:\n      - flag: { id: enable, key: NEW_CORE',
      'steps: []\n    more:\n      - flag: { key: NEW_CORE',
      'at least 1 items',
    ],
  ])('%j as %j is told its limit and what is counted', (from, to, hint) => {
    const { faults } = loadPlan(change(samplePlan, from, to).text, 'plan.yaml');
    expect(faults.map((fault) => fault.hint)).toContain(hint);
  });

  it.each([
    ['kind: test', 'kind: nothing', 'one of "demo", "test", "staging", "production"'],
    ['worker-log }', 'worker-log, colour: red }', 'the keys here are name'],
  ])('%j as %j is told all choices, once', (from, to, hint) => {
    const { faults } = loadEnvironment(change(sampleEnvironment, from, to).text, 'lab.yaml', {});
    expect(faults.map((fault) => fault.hint)).toEqual([hint]);
  });

  it('is not shown when its key calls it a secret', () => {
    const text = change(
      sampleEnvironment,
      'flags: { provider: flagd, file: flags.json }',
      'flags:\n  provider: unleash\n  url: "http://127.0.0.1:4242"\n  environment: test\n  token: 12345678'
    ).text;
    const { faults } = loadEnvironment(text, 'lab.yaml', {});
    expect(faults).toMatchObject([{ code, line: 16, message: 'expected text, found what stands here' }]);
    expect(JSON.stringify(faults)).not.toContain('12345678');
  });
});

describe('where a fault stands', () => {
  it.each([
    ['in an empty document', '# a plan\n  {}\n', 2, 3, '^'],
    ['in a document without a header: its first key', '# a plan\nid: x\n', 2, 1, '^^'],
  ])('%s', (_, text, line, column, marks) => {
    const fault = loadPlan(text, 'plan.yaml').faults.find(({ message }) => message === 'missing key "phasegate"');
    expect(fault).toMatchObject({ line, column });
    expect(/\^+$/.exec(fault?.frame ?? '')?.[0]).toBe(marks);
  });

  it.each([
    ['evry: 15s', 'every: 15s', 'phases[one].steps[window].watch.evry', 'by the ids of what is around it'],
    [
      'id: 7, to: true }',
      'id: enable, key: NEW_TOOLS, to: true }',
      'phases[two].steps[0].flag.id',
      'an id that is no text',
    ],
    ['- id: 12', '- id: two', 'phases[1].id', 'the same of a phase'],
    [
      '- flag: { id: enable, key: NEW_TOOLS, to: true }\n        watch: 5',
      '- flag: { id: enable, key: NEW_TOOLS, to: true }',
      'phases[two].steps[0].watch',
      'an item of two kinds',
    ],
  ])('is told in names: %s', (to, from, path) => {
    expect(loadPlan(change(samplePlan, from, to).text, 'plan.yaml').faults.map((fault) => fault.path)).toContain(path);
  });
});
