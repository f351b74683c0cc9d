import type { CaptureInput } from '../../../src/activities/contract.js';
import type { Change } from '../../../src/plan/change.js';
import type { Environment } from '../../../src/plan/model.js';

/** A small environment: a flagd file, one deploy target moved by the scripts of `deployScripts`, two people. */
export function testEnvironment(overrides: Partial<Environment> = {}): Environment {
  const second = { ms: 1_000, planned: '1s' };
  return {
    id: 'test',
    kind: 'test',
    title: 'Test',
    timeZone: 'UTC',
    people: [
      { name: 'erin', title: 'Erin', roles: ['engineering-lead'] },
      { name: 'dana', title: 'Dana', roles: ['release-manager'] },
    ],
    trust: 'identity',
    flags: { provider: 'flagd', file: 'flags.json' },
    metrics: {
      provider: 'endpoint',
      url: 'http://127.0.0.1:9/metrics',
      lag: second,
      timeout: second,
      headers: {},
      bindings: {},
    },
    deploy: {
      core: {
        read: ['./read'],
        apply: ['./apply', '{{revision}}'],
        undo: ['./undo', '{{revision}}'],
        timeout: { ms: 10_000, planned: '10s' },
      },
    },
    services: {},
    httpAllow: [],
    commands: { cwd: '.', env: {}, allow: ['./*', './ops/*', 'sh'] },
    notify: [],
    ...overrides,
  };
}

export function captureInput(change: Change, environment: Environment): CaptureInput {
  const origin = { run: 'migration/test/plan', address: '1a/enable#1', title: 'Enable it' };
  return { origin, phase: '1a', step: 'enable', attempt: 1, change, environment };
}
