import { describe, expect, it } from 'vitest';
import { loadEnvironment } from '../../../src/plan/load-environment.js';
import { loadPlan } from '../../../src/plan/load-plan.js';
import { expectOnlyFault } from '../support/expect-fault.js';
import type { FaultCase } from '../support/expect-fault.js';
import { changeAll, sampleEnvironment, samplePlan } from '../support/samples.js';

const inPlan: FaultCase[] = [
  {
    name: 'a secret in the clear',
    from: "http: { url: '{{env.services.core}}/healthz' }",
    to: "http: { url: '{{env.services.core}}/healthz', headers: { authorization: «Bearer abcdefghijkl» } }",
    code: 'PG108',
    says: 'authorization: a secret stands in the clear',
    hint: '${env:NAME}',
  },
  {
    name: 'an address with a password in an argument',
    from: "command: [./ops/smoke, '{{vars.revision}}']",
    to: "command: [./ops/smoke, «'http://ada:pw@127.0.0.1/'»]",
    code: 'PG108',
    says: 'command: an address with a password in it',
    hint: 'put it into a header',
  },
];

const inEnvironment: FaultCase[] = [
  {
    name: 'a token in the clear',
    from: 'flags: { provider: flagd, file: flags.json }',
    to: 'flags: { provider: unleash, url: "http://127.0.0.1:4242", environment: test, token: «"*:*.abcdef"» }',
    code: 'PG108',
    says: 'token: a secret stands in the clear',
    hint: '${env:NAME}',
  },
  {
    name: 'a secret variable of commands in the clear',
    from: "'${env:API_TOKEN}'",
    to: '«abcdefgh»',
    code: 'PG108',
    says: 'API_TOKEN: a secret stands in the clear',
  },
  {
    name: 'a reference that is none',
    from: "'${env:API_TOKEN}'",
    to: "«'${API_TOKEN}'»",
    code: 'PG108',
    says: 'API_TOKEN: a secret stands in the clear',
  },
];

describe('rules about secrets', () => {
  it.each(inPlan)('refuse in a plan $name', (row) => {
    const marked = changeAll(samplePlan, row);
    expectOnlyFault(loadPlan(marked.text, 'plan.yaml').faults, marked, row);
  });

  it.each(inEnvironment)('refuse in an environment $name', (row) => {
    const marked = changeAll(sampleEnvironment, row);
    expectOnlyFault(loadEnvironment(marked.text, 'lab.yaml', {}).faults, marked, row);
  });

  it('let words for people be about secrets', () => {
    const text = samplePlan.replace('title: First', 'title: "Put the token into ${TOKEN}"');
    expect(loadPlan(text, 'plan.yaml').faults).toEqual([]);
  });

  it('never show a secret that stands in the clear, neither in its own frame nor in that of a neighbour', () => {
    const text = sampleEnvironment
      .replace(
        'flags: { provider: flagd, file: flags.json }',
        'flags:\n  provider: unleash\n  url: "http://127.0.0.1:4242"\n  token: canary-canary\n  environmnt: test'
      )
      .replace("'${env:API_TOKEN}'", 'canary-canary')
      .replace('127.0.0.1:9090', 'ada:canary-canary@127.0.0.1');
    const { faults } = loadEnvironment(text, 'lab.yaml', {});
    expect(faults.length).toBeGreaterThan(3);
    expect(JSON.stringify(faults)).not.toContain('canary');
  });

  it('never show the address of a webhook, which is often the secret', () => {
    const text = sampleEnvironment.replace('- log: { name: worker-log }', '- webhook: { name: ops, url: canary }');
    const { faults } = loadEnvironment(text, 'lab.yaml', {});
    expect(faults).toMatchObject([{ code: 'PG104', path: 'notify[0].webhook.url' }]);
    expect(faults[0]?.frame).toContain('name: ops, url: ****** }');
    expect(JSON.stringify(faults)).not.toContain('canary');
  });

  it('take the whole address of a webhook from a secret', () => {
    const text = sampleEnvironment.replace(
      '- log: { name: worker-log }',
      "- webhook: { name: ops, url: '${env:HOOK}' }"
    );
    expect(loadEnvironment(text, 'lab.yaml', {}).faults).toEqual([]);
  });
});
