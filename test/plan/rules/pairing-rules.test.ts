import { describe, expect, it } from 'vitest';
import { expectOnlyFault } from '../support/expect-fault.js';
import type { FaultCase } from '../support/expect-fault.js';
import { freezeTexts } from '../support/freeze-texts.js';
import { changeAll, sampleEnvironment, samplePlan } from '../support/samples.js';

const inPlan: FaultCase[] = [
  {
    name: 'an unknown service',
    from: "revision: '{{vars.revision}}'",
    to: "revision: «'{{env.services.kore}}'»",
    code: 'PG107',
    says: 'unknown service "kore"',
    hint: 'did you mean "core"?',
  },
  {
    name: 'an unknown deploy target',
    from: 'target: core',
    to: 'target: «cores»',
    code: 'PG105',
    says: 'lab has no deploy target "cores"',
    hint: 'did you mean "core"?',
  },
  {
    name: 'a program that the environment does not allow',
    from: 'command: [./ops/smoke',
    to: 'command: [«./bin/smoke»',
    code: 'PG116',
    says: 'lab does not allow the program "./bin/smoke"',
    hint: 'commands.allow',
  },
  {
    name: 'a host that the environment does not allow',
    from: "url: '{{env.services.core}}/healthz'",
    to: 'url: «"http://169.254.169.254/latest"»',
    code: 'PG116',
    says: 'lab does not allow checks to call 169.254.169.254',
    hint: 'http.allow',
  },
  {
    name: 'another port of an allowed host',
    from: "url: '{{env.services.core}}/healthz'",
    to: 'url: «"http://127.0.0.1:4001/"»',
    code: 'PG116',
    says: 'to call 127.0.0.1:4001',
  },
  {
    name: 'a check of something that is not http',
    from: "url: '{{env.services.core}}/healthz'",
    to: 'url: «"file:///etc/passwd"»',
    code: 'PG104',
    says: 'is not an http address',
  },
  {
    name: 'a program in the long form of a command that the environment does not allow',
    from: "command: [./ops/smoke, '{{vars.revision}}']",
    to: 'command: { run: [«./bin/smoke»] }',
    code: 'PG116',
    says: 'does not allow the program "./bin/smoke"',
  },
  {
    name: 'a gate that needs more people than there are',
    from: 'roles: { lead: 1, ops: 1 }',
    to: '«roles»: { lead: 2, ops: 2 }',
    code: 'PG109',
    says: 'nobody could satisfy this gate in lab without the one who starts the run: it needs 2 of lead and 2 of ops (lead: ada, bob; ops: bob, cyd)',
  },
];

describe('rules of a plan in an environment', () => {
  it.each(inPlan)('refuse $name', (row) => {
    const marked = changeAll(samplePlan, row);
    const { faults, frozen } = freezeTexts(marked.text, sampleEnvironment);
    expectOnlyFault(faults, marked, row);
    expect(faults[0]?.file).toBe('plan.yaml');
    expect(frozen).toBeUndefined();
  });

  it('refuse an action without a way back that does not say so, and accept one that does', () => {
    const environment = sampleEnvironment.replace("'{{revision}}'] }", "'{{revision}}'], undo: none }");
    const step = "{ id: deploy, target: core, revision: '{{vars.revision}}' }";
    expect(freezeTexts(samplePlan, environment).faults).toMatchObject([
      {
        code: 'PG112',
        path: 'phases[one].steps[deploy].deploy',
        message: 'core has no undo in lab, and this step does not say so',
        hint: expect.stringContaining('cannot-undo'),
      },
    ]);
    const said = samplePlan.replace(step, step.replace(' }', ', cannot-undo: the old tables are gone }'));
    const { faults, warnings } = freezeTexts(said, environment);
    expect(faults).toEqual([]);
    expect(warnings.map((warning) => warning.message)).toContain('behind this step the way back is closed');
  });

  it.each([
    ['its share', 'key: NEW_TOOLS, to: true }', 'key: NEW_TOOLS, to: true, percent: 5percnt }', 'NEW_TOOLS'],
    ['the step that raises it', 'flag: NEW_CORE, percent', 'flag: 5, percent', 'NEW_CORE'],
  ])('do not warn that everybody gets a flag at once while %s has a fault', (_what, from, to, key) => {
    const text = samplePlan.replace('percent: 5, include', 'percent: 100, include').replace(from, to);
    const { warnings } = freezeTexts(text, sampleEnvironment);
    expect(text).toContain(to);
    expect(warnings.map(({ message }) => message)).not.toContain(`${key} is exposed to 100 % at once`);
  });

  it('refuse a variable that nobody declared, and one whose value a program would take for an option', () => {
    expect(freezeTexts(samplePlan, sampleEnvironment, { revison: 'v3' }).faults).toMatchObject([
      {
        code: 'PG107',
        file: 'plan.yaml',
        message: '--var revison: neither plan nor environment has this variable',
        hint: 'did you mean "revision"?',
      },
    ]);
    expect(freezeTexts(samplePlan, sampleEnvironment, { revision: '--force' }).faults).toMatchObject([
      { code: 'PG103', line: 31, message: '"--force" does not fit', hint: expect.stringContaining('for an option') },
      {
        code: 'PG107',
        line: 32,
        message: '{{vars.revision}} becomes "--force", which a program would take for an option',
      },
    ]);
  });

  it('refuse a value that makes the place unsound to which it goes', () => {
    expect(freezeTexts(samplePlan, sampleEnvironment, { revision: '' }).faults).toMatchObject([
      { code: 'PG103', line: 31, message: '"" is too short' },
      { code: 'PG103', line: 32, message: '"" is too short' },
    ]);
    expect(freezeTexts(samplePlan, sampleEnvironment, { revision: 'v2\nv3' }).faults).toMatchObject([
      { code: 'PG107', line: 8, message: 'the value of "revision" has a control character' },
    ]);
  });

  it('refuse a plan variable without a value', () => {
    const { faults } = freezeTexts(samplePlan.replace(', default: v2', ''), sampleEnvironment);
    expect(faults).toMatchObject([
      {
        code: 'PG107',
        line: 8,
        column: 3,
        message: 'variable "revision" has no value',
        hint: 'give it with --var revision=VALUE',
      },
    ]);
  });

  it('show the faults of both files, those of the plan first', () => {
    const { faults } = freezeTexts(
      samplePlan.replace('by: ops', 'by: opps'),
      sampleEnvironment.replace('kind: test', 'kind: prod')
    );
    expect(faults.map(({ file, message }) => [file, message])).toEqual([
      ['plan.yaml', 'unknown role "opps"'],
      ['lab.yaml', '"prod" is not one of the choices'],
    ]);
  });
});
