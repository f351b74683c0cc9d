import type { CauseRule, Incidents, SeveritySpec, WarRoomTrigger } from '../../../plan/model.js';
import { migrationId } from '../../../plan/names.js';
import { namesInRoles } from '../../../plan/people.js';
import { runName } from '../../../plan/text/command-lines.js';
import { spanWords } from '../../preview/span-words.js';
import type { Subject } from '../subject.js';
import { whom } from './alerts.js';
import { checklist, heading, tableOf, text, typed, type Block } from './blocks.js';

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
        `Somebody responds within ${spanWords(respondWithin)}. ${escalateAfter.ms === 0 ? 'At once' : `After ${spanWords(escalateAfter)}`} it goes to ${whom(frozen.environment, escalateTo)}. Action: ${action}. Taken back: ${reaches[reach]}.`
      ),
      {
        kind: 'list',
        items: causes.map(({ id, title: cause, when, notifyUsers }) => {
          const users = notifyUsers ? '; the users that are affected are to be told' : '';
          return `${cause} (${when ? ruleWords(when) : `declared by a person: ${id}`})${users}`;
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
  return [
    text(
      'You were woken? Look, and say that you respond. Add --as NAME where you are not known; the ids of roles and steps stand in what show prints.'
    ),
    typed(
      `phasegate watch ${run}`,
      `phasegate alert list ${run}`,
      `phasegate incident list ${run}`,
      `phasegate incident ack incident/1 ${run}`,
      `phasegate incident show incident/1 ${run}`,
      `phasegate dashboard ${run}`
    ),
    text('Then lead it to its resolution:'),
    typed(
      `phasegate incident assign incident/1 ROLE NAME ${run}`,
      `phasegate incident step incident/1 STEP ${run}`,
      `phasegate incident note incident/1 "what was seen" ${run}`,
      `phasegate incident resolve incident/1 ${run} --reason "what was done"`,
      `phasegate incident postmortem incident/1 ${run} --link https://...`
    ),
    text('Only where no incident is open for it: severity 1 takes everything back at once.'),
    typed(`phasegate incident declare ${run} --severity 1 --reason "what is wrong"`),
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
      ['role', 'who'],
      room.roles.map(({ title, role }) => [
        title,
        `${role}: ${namesInRoles(people, [role]).join(', ') || 'nobody has this role'}`,
      ])
    ),
    checklist(room.procedure.map(({ title }) => title)),
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
