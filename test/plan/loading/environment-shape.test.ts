import { describe, expect, it } from 'vitest';
import { loadEnvironment } from '../../../src/plan/load-environment.js';
import { expectOnlyFault } from '../support/expect-fault.js';
import type { FaultCase } from '../support/expect-fault.js';
import { change, sampleEnvironment } from '../support/samples.js';

const cases: FaultCase[] = [
  {
    name: 'an unknown provider',
    from: 'provider: flagd',
    to: 'provider: «flagdd»',
    code: 'PG103',
    says: 'not one of the choices',
    hint: '"flagd", "unleash"',
  },
  {
    name: 'a key of another provider',
    from: 'provider: flagd, file: flags.json',
    to: 'provider: flagd, file: flags.json, «token»: x',
    code: 'PG103',
    says: 'unknown key "token"',
  },
  {
    name: 'an address that is none',
    from: "'http://127.0.0.1:9090'",
    to: "«'127.0.0.1:9090'»",
    code: 'PG104',
    says: 'is not an http address',
  },
  {
    name: 'an unknown time zone',
    from: 'kind: test',
    to: 'kind: test\ntime-zone: «Europe/Atlantis»',
    code: 'PG104',
    says: 'is not a time zone',
  },
  {
    name: 'an unknown kind',
    from: 'kind: test',
    to: 'kind: «prod»',
    code: 'PG103',
    says: 'not one of the choices',
    hint: '"production"',
  },
];

describe('the shape of an environment', () => {
  it.each(cases)('refuses $name, and says where and what instead', (row) => {
    const marked = change(sampleEnvironment, row.from, row.to);
    const { faults, document } = loadEnvironment(marked.text, 'lab.yaml', {});
    expectOnlyFault(faults, marked, row);
    expect(document).toBeUndefined();
  });
});
