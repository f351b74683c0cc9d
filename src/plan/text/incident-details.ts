import type { Incidents } from '../model.js';
import { proofAwaited } from '../incidents/course.js';
import { specOf } from '../incidents/classify.js';
import type { IncidentStatus } from '../watch-status.js';
import { bullets, code, panel, plain, signed, verbatim } from './markdown.js';
import { instantText } from './spans.js';

/** The panel of an incident in the Temporal UI: one sentence, what to type, what happens, the past last. */
export function incidentDetails(status: IncidentStatus, incidents: Incidents, remarks: readonly string[]): string {
  const { warRoom, tasks, timeline, refusals } = status;
  const roles = (warRoom?.roles ?? []).map(
    ({ id, title, person }) => `${code(id)} ${plain(title)}: ${plain(person ?? 'nobody')}`
  );
  const steps = [...(warRoom?.steps ?? []), ...tasks].map(({ id, title, doneAt, by, note }) =>
    signed(
      doneAt === undefined ? 'pending' : 'done',
      `${code(id)} ${plain(title)}`,
      doneAt === undefined
        ? undefined
        : [`${instantText(doneAt)} by ${by ?? 'nobody'}`, note].filter(Boolean).join(': ')
    )
  );
  const story = timeline
    .slice(-20)
    .toReversed()
    .map(({ at, text }) => `${instantText(at)} ${plain(text)}`);
  return panel([
    `**${plain(status.sentence)}**`,
    bullets('Answer here: More Actions, Send a Signal', answersOf(status, incidents)),
    remarks.length > 0 ? `_Note: ${plain(remarks.join('; '))}._` : '',
    `Because: ${plain(status.reason)}`,
    `Action: ${plain(specOf(incidents, status.severity)?.action ?? '')}`,
    bullets('War room', roles),
    bullets('Procedure and tasks', steps),
    bullets(
      'Not taken',
      refusals
        .slice(-3)
        .map(({ message, by, reason }) => `${plain(message)} by ${plain(by ?? 'somebody')}: ${plain(reason)}`)
    ),
    bullets('What happened, newest first', story),
    '_It cannot be cancelled: it ends when its post-mortem is done._',
  ]);
}

/** What somebody can send now. */
function answersOf(status: IncidentStatus, incidents: Incidents): string[] {
  const { state, warRoom, tasks } = status;
  const open = [...(warRoom?.steps ?? []), ...tasks].find(
    ({ id, doneAt }) => doneAt === undefined && !proofAwaited({ incidents }, status, id)
  );
  const lines: Array<[string, string] | undefined> = [
    state === 'open' ? ['acknowledge', '{"by":"NAME"}'] : undefined,
    state === 'open' || state === 'acknowledged' ? ['resolve', '{"by":"NAME","reason":"what resolved it"}'] : undefined,
    open && state !== 'closed' ? ['step', `{"by":"NAME","step":"${open.id}"}`] : undefined,
    state === 'resolved' ? ['postmortem', '{"by":"NAME","link":"https://…"}'] : undefined,
  ];
  return lines.flatMap((line) => (line ? [`**${line[0]}** ${verbatim(line[1])}`] : []));
}
