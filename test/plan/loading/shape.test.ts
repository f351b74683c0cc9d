import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../../src/plan/load-plan.js';
import { expectOnlyFault } from '../support/expect-fault.js';
import type { FaultCase } from '../support/expect-fault.js';
import { change, samplePlan } from '../support/samples.js';

const planCases: FaultCase[] = [
  {
    name: 'an unknown key',
    from: 'every: 15s',
    to: '«evry»: 15s',
    code: 'PG103',
    says: 'unknown key "evry"',
    hint: 'did you mean "every"?',
  },
  {
    name: 'an unknown key that is like none',
    from: 'every: 15s',
    to: '«colour»: 15s',
    code: 'PG103',
    says: 'unknown key "colour"',
    hint: 'the keys here are id, title',
  },
  {
    name: 'an unknown kind of step',
    from: '- watch: {',
    to: '- «wacth»: {',
    code: 'PG103',
    says: 'unknown key "wacth"',
    hint: 'did you mean "watch"?',
  },
  {
    name: 'a step of two kinds',
    from: '- flag: { id: enable, key: NEW_TOOLS, to: true }\n      - check:',
    to: '- «flag»: { id: enable, key: NEW_TOOLS, to: true }\n        check:',
    code: 'PG103',
    says: 'exactly one of flag, deploy, check',
  },
  {
    name: 'a check of two kinds',
    from: '- check: { id: smoke, command',
    to: '- «check»: { id: smoke, metric: error_rate < 1%, command',
    code: 'PG103',
    says: 'exactly one of http, command',
  },
  {
    name: 'a missing key',
    from: '- id: two\n    title: Second',
    to: '- «id»: two',
    code: 'PG103',
    says: 'missing key "title"',
    hint: 'write for example "Agent execution core"',
  },
  {
    name: 'a missing choice',
    from: '- flag: { id: enable, key: NEW_CORE, to: true,',
    to: '- «flag»: { id: enable, key: NEW_CORE,',
    code: 'PG103',
    says: 'missing key "to"',
  },
  {
    name: 'a number for text',
    from: 'id: sample',
    to: 'id: «12»',
    code: 'PG103',
    says: 'expected text, found 12',
    hint: 'write for example "user-execution-context"',
  },
  {
    name: 'text for a number',
    from: 'percent: 5',
    to: 'percent: «5%»',
    code: 'PG103',
    says: 'expected a number, found "5%"',
    hint: 'without a unit',
  },
  {
    name: 'a mapping for a list',
    from: 'include: [tester]',
    to: '«include»: { a: 1 }',
    code: 'PG103',
    says: 'expected a list, found a mapping',
  },
  {
    name: 'nothing where something must be',
    from: 'title: Sample migration',
    to: '«title»:',
    code: 'PG103',
    says: 'expected text, found nothing',
  },
  {
    name: 'an unknown choice',
    from: 'then: rollback',
    to: 'then: «rolback»',
    code: 'PG103',
    says: '"rolback" is not one of the choices',
    hint: 'did you mean "rollback"?',
  },
  {
    name: 'a number out of range',
    from: 'percent: 5',
    to: 'percent: «500»',
    code: 'PG103',
    says: '500 is too large',
    hint: 'at most 100',
  },
  {
    name: 'an empty list',
    from: 'criteria: [error_rate < 1%, latency < 2s]',
    to: '«criteria»: []',
    code: 'PG103',
    says: 'a list is too short',
    hint: 'at least 1 items',
  },
  {
    name: 'a bare number for a duration',
    from: 'for: 30m, every',
    to: 'for: «30», every',
    code: 'PG103',
    says: 'expected text, found 30',
    hint: '"30m"',
  },
  {
    name: 'a duration in an unknown unit',
    from: 'for: 30m, every',
    to: 'for: «1w», every',
    code: 'PG104',
    says: '"1w" is not a duration',
    hint: 'write 7d for a week',
  },
  {
    name: 'a negative duration',
    from: 'for: 30m, every',
    to: 'for: «-30m», every',
    code: 'PG104',
    says: '"-30m" is not a duration',
    hint: 'no sign',
  },
  {
    name: 'a duration of no time',
    from: 'for: 30m, every',
    to: 'for: «0s», every',
    code: 'PG104',
    says: 'no time at all',
  },
  {
    name: 'a criterion without an operator',
    from: '[error_rate < 1%,',
    to: '[«error_rate 1%»,',
    code: 'PG104',
    says: 'has no operator',
  },
  {
    name: 'a criterion with a wrong operator',
    from: '[error_rate < 1%,',
    to: '[«error_rate => 1%»,',
    code: 'PG104',
    says: '"=>" is not an operator',
    hint: 'did you mean ">="?',
  },
  {
    name: 'a criterion in long form with an unknown key',
    from: '[error_rate < 1%,',
    to: '[{ criterion: error_rate < 1%, «onbreach»: fail },',
    code: 'PG103',
    says: 'unknown key "onbreach"',
    hint: 'did you mean "on-breach"?',
  },
  {
    name: 'a key in the long form of success',
    from: '      min-traffic: { metric: requests',
    to: '      «min-trafic»: { metric: requests',
    code: 'PG103',
    says: 'unknown key "min-trafic"',
    hint: 'did you mean "min-traffic"?',
  },
  {
    name: 'a name with blanks',
    from: '  users: {',
    to: '  «active users»: {',
    code: 'PG103',
    says: '"active users" cannot be a name here',
    hint: 'underscores',
  },
  {
    name: 'days that run backwards',
    from: 'days: 1-3',
    to: 'days: «3-1»',
    code: 'PG104',
    says: 'runs backwards',
    hint: 'write 1-3',
  },
  {
    name: 'a key that comes later',
    from: 'hold: {',
    to: '«dashboards»: []\nhold: {',
    code: 'PG114',
    says: '"dashboards" comes later',
  },
  {
    name: 'the wrong kind of document',
    from: 'plan/v1',
    to: '«plan/v2»',
    code: 'PG103',
    says: 'does not know "plan/v2"',
    hint: 'plan/v1',
  },
];

describe('the shape of a plan', () => {
  it.each(planCases)('refuses $name, and says where and what instead', (row) => {
    const marked = change(samplePlan, row.from, row.to);
    const { faults, document } = loadPlan(marked.text, 'plan.yaml');
    expectOnlyFault(faults, marked, row);
    expect(document).toBeUndefined();
  });
});
