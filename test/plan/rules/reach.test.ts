import { describe, expect, it } from 'vitest';
import { freezeTexts } from '../support/freeze-texts.js';
import { changeAll } from '../support/samples.js';
import type { Change } from '../support/samples.js';
import { watchedEnvironment, watchedPlan } from '../support/watch-samples.js';

interface Row {
  name: string;
  plan?: Change;
  environment?: Change;
  path: string;
  says: string;
  hint: string;
  code?: string;
}

const director = { from: 'roles:\n  lead: Lead\n', to: 'roles:\n  director: Director\n  lead: Lead\n' };
const rows: Row[] = [
  {
    name: 'a group that the environment has no address of',
    environment: { from: 'contacts: { team: team@example.com }\n', to: '' },
    path: 'alerts.routes.warning.to[0]',
    says: 'lab has no address of team',
    hint: 'add contacts: { team: … } to the environment',
  },
  {
    name: 'a role that nobody has',
    plan: { ...director, also: [['escalate: { after: 15m, to: [ops] }', 'escalate: { after: 15m, to: [director] }']] },
    path: 'alerts.routes.warning.escalate.to[0]',
    says: 'nobody in lab is director',
    hint: 'or give the role to somebody there',
  },
  {
    name: 'a severity that escalates to a role that nobody has',
    plan: { ...director, also: [['escalate-to: [ops]', 'escalate-to: [director]']] },
    path: 'incidents.severities[1].escalate-to[0]',
    says: 'nobody in lab is director',
    hint: 'contacts',
  },
  {
    name: 'a part in the war room that nobody can play',
    plan: { ...director, also: [['title: Scribe, role: ops', 'title: Scribe, role: director']] },
    path: 'incidents.war-room.roles[scribe].role',
    says: 'an incident would have nobody for this: nobody in lab is director',
    hint: 'give the role to somebody under people in lab',
  },
  {
    name: 'a post-mortem that nobody owes',
    plan: { ...director, also: [['48h, by: lead }', '48h, by: director }']] },
    path: 'incidents.post-mortem.by',
    says: 'nobody in lab is director',
    hint: 'give the role to somebody',
  },
  {
    name: 'a mail that goes to nobody',
    environment: { from: 'ada: { title: Ada, email: ada@example.com, roles', to: 'ada: { title: Ada, roles' },
    path: 'alerts.routes.critical.channels[1]',
    says: 'mail would mail nobody: none of those whom a critical alert is for has an address in lab',
    hint: 'give lead an address under contacts',
  },
  {
    name: 'a red metric with a critical threshold that nothing reads, though rollbacks are verified by others',
    plan: {
      from: '  users: {',
      to: "  users2: { description: Users, unit: count, priority: red, target: '< 5', critical: '> 9' }\n  users: {",
    },
    path: 'metrics.users2.critical',
    says: 'users2 is used here, but lab does not say how it is read',
    hint: 'add metrics.bindings.users2 with promql or counter',
    code: 'PG105',
  },
  {
    name: 'a cause about a metric that nothing reads',
    plan: { from: 'title: Logs are missing }', to: 'title: Logs are missing, when: users > 5 }' },
    path: 'incidents.severities[2].causes[logs].when',
    says: 'users is used here, but lab does not say how it is read',
    hint: 'add metrics.bindings.users',
    code: 'PG105',
  },
];

describe('rules about whom alerts and incidents reach in an environment', () => {
  it.each(rows)('refuse $name', ({ plan, environment, path, says, hint, code = 'PG120' }) => {
    const { faults } = freezeTexts(
      plan ? changeAll(watchedPlan, plan).text : watchedPlan,
      environment ? changeAll(watchedEnvironment, environment).text : watchedEnvironment
    );
    expect(faults[0]).toMatchObject({ code, path, message: expect.stringContaining(says) as string });
    expect(faults[0]?.hint).toContain(hint);
  });

  it('are content with an address of a role that nobody has, and with one of the channel', () => {
    const plan = changeAll(watchedPlan, {
      ...director,
      also: [['escalate-to: [ops]', 'escalate-to: [director]']],
    }).text;
    const environment = changeAll(watchedEnvironment, {
      from: 'contacts: { team',
      to: 'contacts: { director: director@example.com, team',
      also: [
        ['ada: { title: Ada, email: ada@example.com, roles', 'ada: { title: Ada, roles'],
        ['from: phasegate@example.com }', 'from: phasegate@example.com, to: [all@example.com] }'],
      ],
    }).text;
    expect(freezeTexts(plan, environment).faults).toEqual([]);
  });

  it('warn of a metric whose thresholds nothing watches, and the guard leaves it out', () => {
    const { text } = changeAll(watchedPlan, {
      from: '  users: {',
      to: "  users2: { description: Users, unit: count, priority: amber, warning: '> 9' }\n  users: {",
    });
    const { frozen, faults, warnings } = freezeTexts(text, watchedEnvironment);
    expect(faults).toEqual([]);
    expect(warnings).toContainEqual(
      expect.objectContaining({
        code: 'PG105',
        path: 'metrics.users2',
        message: 'nothing watches users2 here: lab does not say how it is read',
      })
    );
    expect(frozen?.plan.guard?.metrics).toEqual(['error_rate', 'latency', 'violations']);
  });
});
