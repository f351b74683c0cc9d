import { notifyUsersTask } from '../../../plan/incidents/course.js';
import type { CauseRule, Incidents, SeveritySpec, WarRoomTrigger } from '../../../plan/model.js';
import { migrationId } from '../../../plan/names.js';
import { namesInRoles } from '../../../plan/people.js';
import { componentLine, runName } from '../../../plan/text/command-lines.js';
import { spanWords } from '../../preview/span-words.js';
import type { Subject } from '../subject.js';
import { whom } from './alerts.js';
import { checklist, heading, tableOf, text, typedThere, type Block } from './blocks.js';

const reaches: Record<SeveritySpec['reach'], string> = {
  all: 'everything, by itself',
  component: 'the phase of the failing component; a person chooses',
  none: 'nothing',
};
const triggers: Record<WarRoomTrigger, string> = {
  'severity-1': 'any incident of severity 1',
  'multiple-severity-2': 'several incidents of severity 2',
  rollback: 'a rollback begins',
  'customer-escalation': 'a customer escalates',
};

export function incidentBlocks(subject: Subject): Block[] {
  const { incidents } = subject.frozen.plan;
  if (!incidents) {
    return [
      heading(2, 'Incidents', 'incidents'),
      text(
        'The plan has no rules for incidents: a red metric that is critical takes everything back, and nobody is named to lead.'
      ),
    ];
  }
  return [...severities(subject, incidents), ...warRoom(subject, incidents), ...postMortem(incidents)];
}

function severities({ frozen }: Subject, { severities: all, multipleWithin }: Incidents): Block[] {
  return [
    heading(2, 'Incidents', 'incidents'),
    ...all.flatMap(({ severity, title, respondWithin, escalateTo, escalateAfter, reach, action, causes }): Block[] => [
      heading(3, `Severity ${severity}: ${title}`, `severity-${severity}`),
      text(
        `Somebody responds within ${spanWords(respondWithin)}. ${escalateAfter.ms === 0 ? 'At once it goes' : `Unacknowledged after ${spanWords(escalateAfter)} it goes`} to ${whom(frozen.environment, escalateTo)}. Action: ${action}. Taken back: ${reaches[reach]}.`
      ),
      {
        kind: 'list',
        items: causes.map(({ id, title: cause, when, phase, notifyUsers }) => {
          const component = phase === undefined ? '' : `; the component of phase ${phase}, once that has begun`;
          const users = notifyUsers ? `; the users that are affected are to be told (step ${notifyUsersTask.id})` : '';
          return `${cause} (${when ? ruleWords(when) : `declared by a person: --cause ${id}`})${component}${users}`;
        }),
      },
    ]),
    text(`Two of severity 2 are several when both are open, or begun within ${spanWords(multipleWithin)}.`),
    ...atThree(frozen),
  ];
}

/** What to type, in the order in which it is needed. */
function atThree({ plan, environment }: Subject['frozen']): Block[] {
  const run = runName(migrationId(environment.id, plan.id));
  const { warRoom: room, severities: all = [] } = plan.incidents ?? {};
  const opensRoom = room?.triggers.includes('customer-escalation') ? ', which opens the war room' : '';
  return [
    text(
      'You were woken? Look, and say that you respond: NAME is you, as the environment lists you, and HOST:PORT where Temporal is.'
    ),
    typedThere(
      `phasegate watch ${run}`,
      `phasegate alert list ${run}`,
      `phasegate incident list ${run}`,
      `phasegate incident ack incident/1 ${run} --as NAME`,
      `phasegate incident show incident/1 ${run}`,
      `phasegate dashboard ${run}`
    ),
    text(`Then lead it to its resolution${room ? '; the ids of ROLE and STEP stand under War room' : ''}:`),
    typedThere(
      `phasegate incident assign incident/1 ROLE WHO ${run} --as NAME`,
      `phasegate incident step incident/1 STEP ${run} --as NAME`,
      `phasegate incident note incident/1 "what was seen" ${run} --as NAME`,
      `phasegate incident resolve incident/1 ${run} --reason "what was done" --as NAME`,
      `phasegate incident postmortem incident/1 ${run} --link https://... --as NAME`
    ),
    ...(all.some(({ reach }) => reach === 'component') ? componentChoice(plan, run) : []),
    text('Only where no incident is open for it: severity 1 takes everything back at once.'),
    typedThere(`phasegate incident declare ${run} --severity 1 --reason "what is wrong" --as NAME`),
    text(
      `A customer escalates it${opensRoom}. Of what is open say its CAUSE, of what is new the number of its SEVERITY:`
    ),
    typedThere(
      `phasegate incident declare ${run} --cause CAUSE --customer --reason "what is wrong" --as NAME`,
      `phasegate incident declare ${run} --severity SEVERITY --customer --reason "what is wrong" --as NAME`
    ),
  ];
}

/** What a person chooses between where the plan takes nothing back by itself. */
function componentChoice({ phases }: Subject['frozen']['plan'], run: string): Block[] {
  const later = phases.some(({ stage }) => stage)
    ? ' In the validation leave --phase out: only everything can be taken back there.'
    : '';
  return [
    text(
      `An incident that holds the run waits for a choice: resolve it as above, or take back its component. PHASE is the phase that watch names below the incident; those that depend on it and the one under way go back with it, and the run ends.${later}`
    ),
    typedThere(`${componentLine(run, 'PHASE')} --as NAME`),
  ];
}

function ruleWords(rule: CauseRule): string {
  if ('level' in rule) return `${rule.metric} is ${rule.level}`;
  if ('bound' in rule) return `${rule.metric} ${rule.bound.text}`;
  const { above, below } = rule.slower;
  const most = below === undefined ? '' : `, at most ${below * 100} %`;
  return `${rule.metric} is more than ${above * 100} % above its baseline${most}`;
}

function warRoom({ frozen }: Subject, { warRoom: room }: Incidents): Block[] {
  if (!room) return [];
  const { people } = frozen.environment;
  return [
    heading(2, 'War room', 'war-room'),
    text(
      `It opens within ${spanWords(room.within)} when: ${room.triggers.map((trigger) => triggers[trigger]).join('; ')}.`
    ),
    ...tableOf(
      ['id', 'role', 'who'],
      room.roles.map(({ id, title, role }) => [
        id,
        title,
        `${role}: ${namesInRoles(people, [role]).join(', ') || 'nobody has this role'}`,
      ])
    ),
    checklist(room.procedure.map(({ id, title }) => `${id}: ${title}`)),
    text(`Status updates every ${spanWords(room.updateEvery)} to ${whom(frozen.environment, room.stakeholders)}.`),
  ];
}

function postMortem({ postMortem: owed }: Incidents): Block[] {
  return [
    text(
      `A post-mortem is due within ${spanWords(owed.within)}, owed by ${owed.by}, who is reminded every ${spanWords(owed.remindEvery)}.`
    ),
  ];
}
