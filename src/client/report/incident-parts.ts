import { incidentAddressOf } from '../../plan/names.js';
import { instantText } from '../../plan/text/spans.js';
import type { IncidentStatus } from '../../plan/watch-status.js';
import { cell, mdTable } from '../markdown/table.js';

/** What there is to tell of an incident, as rows of what and how. */
export function incidentFacts(incident: IncidentStatus): string[][] {
  const {
    reason,
    source,
    openedAt,
    openedBy,
    acknowledged,
    respondBy,
    phase,
    rollback,
    warRoom,
    resolution,
    postMortem,
    number,
  } = incident;
  const { dueAt, done, draft, by } = postMortem;
  return [
    ['what was seen', reason],
    // Guard and Alertmanager are named by who opened it already.
    ['opened', `${instantText(openedAt)} by ${openedBy}${isSystem(source) ? '' : ` (${source})`}`],
    [
      'acknowledged',
      acknowledged
        ? `${instantText(acknowledged.at)} by ${acknowledged.by}`
        : `not yet; it was due until ${instantText(respondBy)}`,
    ],
    ...(phase === undefined ? [] : [['phase', phase]]),
    ...(rollback
      ? [
          [
            'rollback',
            [`${rollback.reach}: ${rollback.state}`, rollback.by, rollback.reason].filter(Boolean).join(', '),
          ],
        ]
      : []),
    ...(warRoom
      ? [
          ['war room', `since ${instantText(warRoom.openedAt)} (${warRoom.trigger})`],
          ...warRoom.roles.map(({ title, person }) => [title, person ?? 'nobody']),
        ]
      : []),
    [
      'resolution',
      resolution
        ? `${resolution.verdict}: ${instantText(resolution.at)} by ${resolution.by}: ${resolution.text} (${resolution.reason})`
        : 'not yet',
    ],
    [
      'post-mortem',
      done
        ? `done ${instantText(done.at)} by ${done.by}: ${done.link}`
        : dueAt === undefined
          ? 'due when it is resolved'
          : `owed by ${by} until ${instantText(dueAt)}`,
    ],
    ...(draft ? [['draft of the post-mortem', `${draft.digest}; read it: phasegate incident draft ${number}`]] : []),
  ];
}

export function incidentTitle({ number, severity, title, state, endedAs }: IncidentStatus): string {
  return `${incidentAddressOf(number)}: ${title} (severity ${severity}, ${endedAs ?? state})`;
}

/** Steps of the procedure, then tasks: what, done when and by whom. */
export function incidentChecklist({ warRoom, tasks }: IncidentStatus): string[][] {
  return [...(warRoom?.steps ?? []), ...tasks].map(({ title, doneAt, by, note }) => [
    title,
    doneAt === undefined ? 'not done' : instantText(doneAt),
    by ?? '',
    note ?? '',
  ]);
}

export const checklistHead = ['step or task', 'done (UTC)', 'by', 'note'];

export function incidentParts(incident: IncidentStatus): string[] {
  const rows = incidentChecklist(incident);
  return [
    `## ${cell(incidentTitle(incident))}`,
    mdTable(['', ''], incidentFacts(incident)),
    rows.length > 0 ? mdTable(checklistHead, rows) : '',
    mdTable(
      ['time (UTC)', 'what'],
      incident.timeline.map(({ at, text }) => [instantText(at), text])
    ),
  ];
}

function isSystem(source: IncidentStatus['source']): boolean {
  return source === 'guard' || source === 'alertmanager';
}
