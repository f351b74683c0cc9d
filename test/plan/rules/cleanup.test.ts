import { describe, expect, it } from 'vitest';
import { freezeTexts } from '../support/freeze-texts.js';
import { sampleEnvironment, samplePlan } from '../support/samples.js';

const left = `
cleanup:
  escalate: { after: 7d, to: lead }
  groups:
    - id: week-3
      title: At once
      schedule: { weeks: 3 }
      tasks:
        - remove-flags: { id: flags, title: Remove the flags, owner: ops, keys: [NEW_CORE, NEW_TOOLS], unread: read_as_off, safe-for: 14d }
        - task: { id: docs, title: Update the documents, owner: ops, evidence: required }
    - id: later
      title: Later
      schedule: { months: 2-3 }
      tasks:
        - task: { id: training, title: Train people, owner: lead, not-applicable: true }
`;
const metric = `  requests: { description: Requests served, unit: count }
  read_as_off: { description: Evaluations as off, unit: count }
`;
const plan = samplePlan.replace('  requests: { description: Requests served, unit: count }\n', metric) + left;
const binding = '    read_as_off: { counter: \'evaluations_total{result="off"}\', sample: read_as_off }\n';
const environment = sampleEnvironment.replace('deploy:\n', `${binding}deploy:\n`);

type Edit = (text: string) => string;
const same: Edit = (text) => text;
const faultsOf = (inPlan: Edit, inEnvironment = same) =>
  freezeTexts(inPlan(plan), inEnvironment(environment)).faults.map(({ code, message, hint }) => ({
    code,
    message,
    hint,
  }));

describe('clean-up', () => {
  it('is frozen with its days, owners, reminders and safety checks', () => {
    const { frozen, faults } = freezeTexts(plan, environment);
    expect(faults).toEqual([]);
    expect(frozen?.plan.cleanup).toMatchObject({
      title: 'Clean-up',
      remindEvery: { ms: 7 * 86_400_000, planned: '7d' },
      escalate: { after: { planned: '7d' }, to: 'lead' },
      groups: [
        {
          id: 'week-3',
          schedule: { unit: 'week', from: 3, to: 3 },
          length: { ms: 7 * 86_400_000 },
          tasks: [
            {
              kind: 'remove-flags',
              evidence: 'optional',
              keys: ['NEW_CORE', 'NEW_TOOLS'],
              unread: {
                length: { planned: '14d' },
                every: { planned: '2h' },
                criteria: [{ text: 'read_as_off == 0', onBreach: 'fail', increase: true }],
              },
            },
            { kind: 'task', id: 'docs', owner: 'ops', evidence: 'required', notApplicable: false },
          ],
        },
        {
          id: 'later',
          schedule: { unit: 'month', from: 2, to: 3 },
          length: { ms: 60 * 86_400_000 },
          tasks: [{ id: 'training', notApplicable: true }],
        },
      ],
    });
  });

  it('is absent from a plan without it', () => {
    expect(freezeTexts(samplePlan, sampleEnvironment).frozen?.plan).not.toHaveProperty('cleanup');
  });

  it.each<[string, string, string, string, string]>([
    ['an unknown owner role', 'owner: ops, keys', 'owner: opps, keys', 'PG105', 'unknown role "opps"'],
    [
      'an unknown owner role of a task',
      'owner: ops, evidence',
      'owner: opps, evidence',
      'PG105',
      'unknown role "opps"',
    ],
    ['an unknown role to escalate to', 'after: 7d, to: lead', 'after: 7d, to: leed', 'PG105', 'unknown role "leed"'],
    ['months that are due before they begin', 'months: 2-3', 'months: 3-2', 'PG104', '"3-2" is due before it begins'],
    ['weeks and months at once', 'weeks: 3', 'weeks: 3, months: 1', 'PG103', 'exactly one of weeks, months'],
    ['a flag that the plan never sets', 'NEW_CORE, NEW_TOOLS', 'NEW_CORE, NEW_TOOL', 'PG453', 'no phase sets NEW_TOOL'],
    ['a flag that not everybody gets', '[25, 50, 100]', '[25, 50]', 'PG453', 'the phases leave NEW_CORE at 50 %'],
    ['evaluations that are no count', 'unread: read_as_off', 'unread: latency', 'PG454', 'latency is in seconds'],
    [
      'evaluations of an unknown metric',
      'unread: read_as_off',
      'unread: read_off',
      'PG105',
      'unknown metric "read_off"',
    ],
    ['a task id that is used twice', 'id: training', 'id: docs', 'PG106', 'task id "docs" is used twice'],
    ['a group id that is used twice', 'id: later', 'id: week-3', 'PG106', 'group id "week-3" is used twice'],
    ['a group with the name of one for KPIs', 'id: later', 'id: kpis-month-2', 'PG106', 'a name that phasegate uses'],
    ['a task that is two things', '- task: { id: docs', '- remove-flags: {}\n          task: { id: docs', 'PG103', ''],
    ['an unknown key', 'owner: lead, not', 'owner: lead, due: 3d, not', 'PG103', 'due'],
    ['no time to be safe for', 'safe-for: 14d', 'safe-for: 0d', 'PG104', 'no time at all'],
    ['a phase of the same name', '- id: two', '- id: cleanup', 'PG106', '"cleanup" is a name that phasegate uses'],
  ])('refuses %s', (_, from, to, code, says) => {
    expect(plan.split(from)).toHaveLength(2);
    expect(faultsOf((text) => text.replace(from, to))).toContainEqual(
      expect.objectContaining({ code, message: expect.stringContaining(says) })
    );
  });

  it('refuses a removal whose safety check cannot be measured: the metric is not bound', () => {
    const faults = faultsOf(same, (text) => text.replace(binding, ''));
    expect(faults).toMatchObject([{ code: 'PG105', message: expect.stringContaining('read_as_off is used here') }]);
  });

  it('refuses a removal whose safety check cannot be measured: the source has no memory', () => {
    const endpoint: Edit = (text) =>
      text
        .replace('provider: prometheus\n', 'provider: endpoint\n')
        .replace(/ {2}prometheus: \{.*\}/, "  endpoint: { url: 'http://127.0.0.1:4000/metrics' }");
    expect(faultsOf(same, endpoint)).toMatchObject([
      { code: 'PG454', message: expect.stringContaining('has no memory'), hint: expect.stringContaining('Prometheus') },
    ]);
    // In compressed time it takes seconds to watch it from the answer on.
    const compressed: Edit = (text) => endpoint(text).replace('trust:', 'compress: { scale: 180, cap: 10s }\ntrust:');
    expect(faultsOf(same, compressed)).toEqual([]);
  });

  it('refuses an owner whom nobody here can be', () => {
    const faults = faultsOf(same, (text) =>
      text.replace('roles: [ops, lead]', 'roles: [lead]').replace('cyd: { title: Cyd, roles: [ops] }', '')
    );
    expect(faults).toContainEqual(expect.objectContaining({ code: 'PG109', message: 'nobody in lab is ops' }));
  });

  it('looks back no longer than the cap of compressed time', () => {
    const compressed = environment.replace('trust:', 'compress: { scale: 180, cap: 10s }\ntrust:');
    const [task] = freezeTexts(plan, compressed).frozen?.plan.cleanup?.groups[0]?.tasks ?? [];
    expect(task).toMatchObject({ unread: { length: { ms: 10_000, planned: '14d' } } });
  });

  it('gives a look back a little time to make up for what is missing, and none to wait a breach out', () => {
    const [task] = freezeTexts(plan, environment).frozen?.plan.cleanup?.groups[0]?.tasks ?? [];
    if (task?.kind !== 'remove-flags') throw new Error('no removal');
    expect(task.unread.deadline.ms / task.unread.length.ms).toBeCloseTo(1 / 0.9, 3);
  });
});
