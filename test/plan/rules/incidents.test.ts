import { describe, it } from 'vitest';
import { expectOnlyFault } from '../support/expect-fault.js';
import type { FaultCase } from '../support/expect-fault.js';
import { freezeTexts } from '../support/freeze-texts.js';
import { changeAll } from '../support/samples.js';
import { watchedEnvironment, watchedPlan } from '../support/watch-samples.js';

const logs = 'title: Logs are missing }';
const when = (rule: string): string => `title: Logs are missing, when: «${rule}» }`;
const cases: FaultCase[] = [
  {
    name: 'a severity that is missing',
    from: watchedPlan.slice(watchedPlan.indexOf('    - severity: 2\n'), watchedPlan.indexOf('    - severity: 3\n')),
    to: '',
    also: [['  severities:', '  «severities»:']],
    code: 'PG103',
    says: 'severity 2 is missing',
    hint: 'how they are answered',
  },
  {
    name: 'a severity that is there twice',
    from: '    - severity: 3\n',
    to: `    - { severity: «2», title: Again, respond-within: 1h, escalate-to: [ops], action: None, reach: none }\n    - severity: 3\n`,
    code: 'PG106',
    says: 'severity "2" is there twice',
  },
  {
    name: 'a severity of another number',
    from: '    - severity: 3\n',
    to: '    - severity: «4»\n',
    code: 'PG103',
    says: '4',
  },
  {
    name: 'a cause id that is used twice, though of two severities',
    from: '{ id: logs,',
    to: '{ id: «errors»,',
    code: 'PG106',
    says: 'cause "errors" is there twice',
  },
  {
    name: 'an escalation after the response was due',
    from: 'escalate-after: 0s',
    to: 'escalate-after: «6m»',
    code: 'PG122',
    says: '6m is after the response was due, within 5m',
    hint: 'write at most 5m',
  },
  {
    name: 'a reminder after the post-mortem was due',
    from: 'post-mortem: { within: 48h, by: lead }',
    to: 'post-mortem: { within: 48h, by: lead, remind-every: «3d» }',
    code: 'PG122',
    says: '3d is not before the post-mortem is due, within 48h',
  },
  {
    name: 'an escalation to somebody unknown',
    from: 'escalate-to: [ops]',
    to: 'escalate-to: [«oops»]',
    code: 'PG105',
    says: 'unknown role or group "oops"',
    hint: 'did you mean "ops"?',
  },
  {
    name: 'a stakeholder who is unknown',
    from: 'stakeholders: [team]',
    to: 'stakeholders: [«board»]',
    code: 'PG105',
    says: 'unknown role or group "board"',
  },
  {
    name: 'a part in the war room for a role that is unknown',
    from: 'title: Scribe, role: ops',
    to: 'title: Scribe, role: «opps»',
    code: 'PG105',
    says: 'unknown role "opps"',
  },
  {
    name: 'a part in the war room for a whole group',
    from: 'title: Scribe, role: ops',
    to: 'title: Scribe, role: «team»',
    code: 'PG105',
    says: '"team" is a group, and nobody in particular',
  },
  {
    name: 'a post-mortem by a role that is unknown',
    from: '48h, by: lead }',
    to: '48h, by: «leed» }',
    code: 'PG105',
    says: 'unknown role "leed"',
  },
  {
    name: 'a part in the war room that is there twice',
    from: '{ id: scribe,',
    to: '{ id: «commander»,',
    code: 'PG106',
    says: 'part "commander" is there twice',
  },
  {
    name: 'a step of the procedure that is there twice',
    from: '{ id: respond,',
    to: '{ id: «assess»,',
    code: 'PG106',
    says: 'step "assess" is there twice',
  },
  {
    name: 'a step that is done by what nothing proves',
    from: 'done-by: resolution',
    to: 'done-by: «rollback»',
    code: 'PG103',
    says: 'not one of the choices',
  },
  {
    name: 'a first step that only comes of the end, so that the room is never active in time',
    from: '{ id: assess, title: Assess }',
    to: '{ id: assess, title: Assess, done-by: «post-mortem» }',
    code: 'PG121',
    says: 'the first step is ticked off by the post-mortem',
  },
  {
    name: 'a trigger that nothing pulls',
    from: 'triggers: [severity-1,',
    to: 'triggers: [«severity-4»,',
    code: 'PG103',
    says: 'not one of the choices',
  },
  {
    name: 'a cause about a metric that is not declared',
    from: logs,
    to: when('eror_rate is critical'),
    code: 'PG105',
    says: 'unknown metric "eror_rate"',
    hint: 'did you mean "error_rate"?',
  },
  {
    name: 'a cause of a phase that is not in the plan',
    from: logs,
    to: 'title: Logs are missing, phase: «on» }',
    code: 'PG105',
    says: 'the cause logs is of an unknown phase "on"',
    hint: 'did you mean "one"?',
  },
  {
    name: 'a cause at a level without a threshold',
    from: logs,
    to: when('latency is critical'),
    code: 'PG121',
    says: 'latency has no critical threshold to cross',
    hint: 'write a bound, for example "latency > 0"',
  },
  {
    name: 'a cause in another unit',
    from: logs,
    to: when('latency > 5%'),
    code: 'PG104',
    says: '"5%" is a ratio, but the metric is in seconds',
  },
  {
    name: 'a cause that can never come about',
    from: logs,
    to: when('violations < 0'),
    code: 'PG121',
    says: 'no value of a count metric can be < 0',
  },
  {
    name: 'a cause that the target would be',
    from: logs,
    to: when('error_rate < 5%'),
    code: 'PG121',
    says: 'a value inside the target < 1% would be an incident',
    hint: 'turn the operator around',
  },
  {
    name: 'a ratio that is slower',
    from: logs,
    to: when('error_rate more than 50% above baseline'),
    code: 'PG121',
    says: 'only a time can be slower than before, and error_rate is in ratio',
  },
  {
    name: 'a rule that is none',
    from: logs,
    to: when('error_rate is terrible'),
    code: 'PG104',
    says: '"is terrible" is no rule for an incident',
    hint: 'METRIC is critical (or warning)',
  },
];

describe('rules about incidents', () => {
  it.each(cases)('refuse $name', (row) => {
    const marked = changeAll(watchedPlan, row);
    expectOnlyFault(freezeTexts(marked.text, watchedEnvironment).faults, marked, row);
  });
});
