import { describe, expect, it } from 'vitest';
import { loadEnvironment } from '../../../src/plan/load-environment.js';
import { expectOnlyFault } from '../support/expect-fault.js';
import type { FaultCase } from '../support/expect-fault.js';
import { changeAll, sampleEnvironment } from '../support/samples.js';

const cases: FaultCase[] = [
  {
    name: 'compressed time in production',
    from: 'kind: test',
    to: 'kind: production\n«compress»: { scale: 10 }',
    code: 'PG113',
    says: 'cannot be compressed in production',
    hint: 'leave compress out',
  },
  {
    name: 'a provider without its section',
    from: 'provider: prometheus',
    to: 'provider: «endpoint»',
    code: 'PG103',
    says: 'there is no endpoint section',
    hint: 'add endpoint: { url',
  },
  {
    name: 'a metric that is bound to nothing',
    from: 'memory: { promql: memory, sample: memory }',
    to: '«memory»: {}',
    code: 'PG103',
    says: 'memory is bound to nothing',
    hint: 'add promql or counter, sample',
  },
  {
    name: 'a metric with a query and a counter',
    from: '{ promql: memory,',
    to: '{ promql: memory, «counter»: memory_total,',
    code: 'PG103',
    says: 'memory has a query and a counter',
    hint: 'keep one of them',
  },
  {
    name: 'an optional webhook with an address that is none',
    from: '- log: { name: worker-log }',
    to: '- webhook: { name: ops, url: «nowhere», optional: true }',
    code: 'PG104',
    says: 'is not an http address',
  },
  {
    name: 'two log channels of one name',
    from: '- log: { name: worker-log }',
    to: '- log: { name: ops }\n  - log: { name: «ops» }',
    code: 'PG106',
    says: 'channel "ops" is there twice',
    hint: 'its own name',
  },
  {
    name: 'a range that its query does not use',
    from: '{ promql: memory,',
    to: '{ promql: memory, range: «30s»,',
    code: 'PG103',
    says: 'does not use {{range}}',
    hint: 'use it in promql',
  },
  {
    name: 'an unknown template in a query',
    from: 'promql: memory,',
    to: "promql: «'memory[{{window}}]'»,",
    code: 'PG107',
    says: 'unknown template "window"',
    hint: '{{range}}, {{elapsed}}, {{vars.NAME}}',
  },
  {
    name: 'a template of queries elsewhere',
    from: 'title: Lab',
    to: "title: «'Lab {{range}}'»",
    code: 'PG107',
    says: 'unknown template "range"',
  },
  {
    name: 'a deploy command that is told no revision',
    from: "apply: [./ops/deploy, core, '{{revision}}']",
    to: '«apply»: [./ops/deploy, core]',
    code: 'PG107',
    says: 'does not say which revision',
    hint: '"{{revision}}"',
  },
  {
    name: 'an undo command that is told no revision',
    from: "'{{revision}}'] }",
    to: "'{{revision}}'], «undo»: [./ops/undo] }",
    code: 'PG112',
    says: 'which revision comes back',
    hint: 'undo: none',
  },
  {
    name: 'a reading command that is told a revision',
    from: 'read: [./ops/deployed, core]',
    to: "«read»: [./ops/deployed, '{{revision}}']",
    code: 'PG107',
    says: 'cannot be given one',
    hint: 'leave {{revision}} out',
  },
  {
    name: 'a deploy program that is not allowed',
    from: 'read: [./ops/deployed',
    to: 'read: [«/bin/sh»',
    code: 'PG116',
    says: 'program "/bin/sh" is not allowed here',
    hint: 'commands.allow',
  },
  {
    name: 'a program that climbs out of its folder',
    from: 'read: [./ops/deployed',
    to: 'read: [«./ops/../evil»',
    code: 'PG116',
    says: 'is not allowed here',
  },
  {
    name: 'a channel name that is used twice',
    from: '- log: { name: worker-log }',
    to: '- log: { name: ops }\n  - webhook: { name: «ops», url: "http://127.0.0.1/x" }',
    code: 'PG106',
    says: 'channel "ops" is there twice',
  },
  {
    name: 'a webhook without an address',
    from: '- log: { name: worker-log }',
    to: '- webhook: { name: ops, url: «""» }',
    code: 'PG104',
    says: 'is not an http address',
  },
  {
    name: 'an address with a password',
    from: "core: '{{vars.platform}}/core'",
    to: 'core: «"http://ada:pw@127.0.0.1/"»',
    code: 'PG104',
    says: 'user name or password',
  },
  {
    name: 'an undeclared variable',
    from: "core: '{{vars.platform}}/core'",
    to: "core: «'{{vars.plattform}}/core'»",
    code: 'PG107',
    says: 'unknown variable "plattform"',
    hint: '{{vars.platform}}',
  },
  {
    name: 'a variable without a value',
    from: "platform: { description: Address of the platform, default: 'http://127.0.0.1:4000' }",
    to: '«platform»: { description: Address of the platform }',
    code: 'PG107',
    says: 'variable "platform" has no value',
    hint: '--var platform=VALUE',
  },
];

describe('rules of an environment', () => {
  it.each(cases)('refuse $name', (row) => {
    const marked = changeAll(sampleEnvironment, row);
    const { faults, document } = loadEnvironment(marked.text, 'lab.yaml', {});
    expectOnlyFault(faults, marked, row);
    expect(document).toBeUndefined();
  });

  it('take a value that is given before the default', () => {
    const { document, values } = loadEnvironment(sampleEnvironment, 'lab.yaml', {
      platform: 'https://chat.example.com',
    });
    expect(document?.services).toEqual({ core: 'https://chat.example.com/core' });
    expect(values).toEqual({ platform: 'https://chat.example.com' });
  });

  it('judge what a value makes of the place to which it goes', () => {
    const { faults, document } = loadEnvironment(sampleEnvironment, 'lab.yaml', { platform: 'nowhere' });
    expect(faults).toMatchObject([
      { code: 'PG104', path: 'services.core', message: expect.stringContaining('nowhere') },
    ]);
    expect(document).toBeUndefined();
  });

  it('refuse a value with a control character, which could turn a log upside down', () => {
    const { faults } = loadEnvironment(sampleEnvironment, 'lab.yaml', { platform: 'http://x\u001b[2J' });
    expect(faults).toMatchObject([
      { code: 'PG107', line: 6, message: 'the value of "platform" has a control character' },
    ]);
  });

  it('never read a value as YAML or as another template', () => {
    const { document } = loadEnvironment(
      sampleEnvironment.replace('title: Lab', "title: '{{vars.platform}}'"),
      'lab.yaml',
      {
        platform: 'http://x/{{vars.platform}}: [a, b]',
      }
    );
    expect(document?.title).toBe('http://x/{{vars.platform}}: [a, b]');
  });
});

describe('people of an environment', () => {
  it('may hold no role: then they start and stop runs, and decide nothing', () => {
    const { faults, document } = loadEnvironment(
      sampleEnvironment.replace('cyd: { title: Cyd, roles: [ops] }', 'cyd: { title: Cyd, roles: [] }'),
      'lab.yaml',
      { platform: 'http://x' }
    );
    expect(faults).toEqual([]);
    expect(document?.people['cyd']?.roles).toEqual([]);
  });
});
