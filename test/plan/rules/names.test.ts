import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../../src/plan/load-plan.js';
import { expectOnlyFault } from '../support/expect-fault.js';
import type { FaultCase } from '../support/expect-fault.js';
import { changeAll, samplePlan } from '../support/samples.js';

const cases: FaultCase[] = [
  {
    name: 'a phase id that is used twice',
    from: '  - id: two\n',
    to: '  - id: «one»\n    after: []\n',
    also: [['      - check: { id: stable, stable: { phases: [one], for: 48h } }\n', '']],
    code: 'PG106',
    says: 'phase id "one" is used twice',
    hint: 'its own id',
  },
  {
    name: 'an item id that is used twice before a phase',
    from: 'id: quiet',
    to: 'id: «stable»',
    code: 'PG106',
    says: 'step id "stable" is used twice',
  },
  {
    name: 'a rollback check id that is used twice',
    from: "    - check: { id: healthy, http: { url: '{{env.services.core}}/healthz' } }\n",
    to: '    - check: { id: healthy, command: [./a] }\n    - check: { id: «healthy», command: [./b] }\n',
    code: 'PG106',
    says: 'check id "healthy" is used twice',
  },
  {
    name: 'a step id that is used twice in a phase',
    from: 'id: smoke,',
    to: 'id: «deploy»,',
    code: 'PG106',
    says: 'step id "deploy" is used twice',
  },
  {
    name: 'a checklist id that a step uses too',
    also: [['watch: { id: window', 'watch: { id: «window»']],
    from: 'id: team,',
    to: 'id: window,',
    code: 'PG106',
    says: 'step id "window" is used twice',
  },
  {
    name: 'an id that a success check uses too',
    from: 'id: looks-good',
    to: 'id: «flagged»',
    code: 'PG106',
    says: 'step id "flagged" is used twice',
  },
  {
    name: 'an id that phasegate uses itself',
    from: 'id: smoke,',
    to: 'id: «approval»,',
    code: 'PG106',
    says: '"approval" is a name that phasegate uses itself',
    hint: 'approval-check',
  },
  ...['all', 'rollback', 'again-1'].map((id) => ({
    name: `a phase with the name ${id}, which rollbacks have`,
    from: '- id: two',
    to: `- id: «${id}»`,
    code: 'PG106' as const,
    says: `"${id}" is a name that phasegate uses itself`,
    hint: `${id}-phase`,
  })),
  {
    name: 'a rollback check with the name of its metric window',
    from: 'id: healthy',
    to: 'id: «metrics»',
    code: 'PG106',
    says: '"metrics" is a name that phasegate uses itself',
    hint: 'metrics-check',
  },
  {
    name: 'an unknown role of an attestation',
    from: 'by: ops',
    to: 'by: «opps»',
    code: 'PG105',
    says: 'unknown role "opps"',
    hint: 'did you mean "ops"?',
  },
  {
    name: 'an unknown role of an approval',
    from: 'roles: { lead: 1 }, expires',
    to: 'roles: { «leader»: 1 }, expires',
    code: 'PG105',
    says: 'unknown role "leader"',
    hint: 'did you mean "lead"?',
  },
  {
    name: 'an unknown role of an escalation',
    from: 'to: ops }',
    to: 'to: «boss» }',
    code: 'PG105',
    says: 'unknown role "boss"',
    hint: 'known are lead, ops',
  },
  {
    name: 'an unknown role that may waive',
    from: 'waivers: { roles: [lead] }',
    to: 'waivers: { roles: [«cto»] }',
    code: 'PG105',
    says: 'unknown role "cto"',
    hint: 'declare it under roles',
  },
  {
    name: 'an approval that asks nobody',
    from: 'approval: { roles: { lead: 1, ops: 1 } }',
    to: 'approval: { «roles»: {} }',
    code: 'PG109',
    says: 'asks nobody',
    hint: 'roles: { engineering-lead: 1 }',
  },
  {
    name: 'an unknown phase in after',
    from: '  - id: two\n',
    to: '  - id: two\n    after: [«won»]\n',
    code: 'PG105',
    says: 'unknown phase "won"',
    hint: 'known are one, two',
  },
  {
    name: 'an unknown phase of a stable check',
    from: 'phases: [one]',
    to: 'phases: [«three»]',
    code: 'PG105',
    says: 'unknown phase "three"',
    hint: 'name a phase of this plan',
  },
  {
    name: 'an unknown metric of a criterion',
    from: 'latency < 2s]',
    to: '«latencyy < 2s»]',
    code: 'PG105',
    says: 'unknown metric "latencyy"',
    hint: 'did you mean "latency"?',
  },
  {
    name: 'an unknown metric of a check',
    from: 'metric: error_rate < 1%',
    to: 'metric: «eror_rate < 1%»',
    code: 'PG105',
    says: 'unknown metric "eror_rate"',
    hint: '"error_rate"',
  },
  {
    name: 'an unknown metric of a rollback',
    from: 'metrics: [error_rate]',
    to: 'metrics: [«errors»]',
    code: 'PG105',
    says: 'unknown metric "errors"',
    hint: 'declare it under metrics',
  },
  {
    name: 'an unknown metric of min-traffic',
    from: 'min-traffic: { metric: requests',
    to: 'min-traffic: { metric: «request»',
    code: 'PG105',
    says: 'unknown metric "request"',
  },
  {
    name: 'an undeclared variable',
    from: "revision: '{{vars.revision}}'",
    to: "revision: «'{{vars.revison}}'»",
    code: 'PG107',
    says: 'unknown variable "revison"',
    hint: '{{vars.revision}}',
  },
  {
    name: 'a template of another kind',
    from: "revision: '{{vars.revision}}'",
    to: "revision: «'{{run.id}}'»",
    code: 'PG107',
    says: 'unknown template "run.id"',
    hint: '{{vars.NAME}} and {{env.services.NAME}}',
  },
  {
    name: 'a template that is not closed',
    from: "revision: '{{vars.revision}}'",
    to: "revision: «'{{vars.revision'»",
    code: 'PG107',
    says: 'not closed',
  },
  {
    name: 'a program from a template',
    from: "command: [./ops/smoke, '{{vars.revision}}']",
    to: "command: [«'{{vars.revision}}'»]",
    code: 'PG107',
    says: 'the program of a command cannot come from a template',
  },
];

describe('rules about names', () => {
  it.each(cases)('refuse $name', (row) => {
    const marked = changeAll(samplePlan, row);
    const { faults, document } = loadPlan(marked.text, 'plan.yaml');
    expectOnlyFault(faults, marked, row);
    expect(document).toBeUndefined();
  });
});
