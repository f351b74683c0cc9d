import type { Notification } from '../../../src/activities/contract.js';
import { slow } from './cells.js';
import type { Played } from './play.js';

/** What is wrong with how an incident was led and ended, which nothing that failed may keep from its end. */
export function incidentProblems(played: Played): string[] {
  const { cell, mishap } = played;
  if (!mishap) return [];
  const { problem, status, resolved } = mishap;
  if (problem !== undefined) return [problem];
  const wrong: string[] = [];
  if (status?.state !== 'closed') wrong.push(`the incident is ${status?.state ?? 'not there'}`);
  if (status?.resolution?.verdict !== 'PASS') wrong.push('the incident ended, and no metrics said that it is resolved');
  // Whoever says so is not believed before the metrics were looked at.
  const must = cell.activity === 'watchWindow' && !slow.has(cell.fault) ? 2 : 1;
  if (resolved !== must) wrong.push(`somebody said ${resolved} times that the incident is resolved, not ${must}`);
  return [...wrong, ...draftProblems(played), ...pageProblems(played)];
}

/** A post-mortem says what was changed, or that nobody could tell. */
function draftProblems({ cell, mishap, world }: Played): string[] {
  const { digest = '' } = mishap?.status?.postMortem.draft ?? {};
  const { markdown } = (world.evidence.get(digest) ?? {}) as { markdown?: string };
  if (markdown === undefined) return ['the post-mortem was never drafted'];
  const isUnknown = cell.activity === 'readLedger' && !slow.has(cell.fault);
  const tells = ['1a/flag#1', '1b/deploy#1'].every((change) => markdown.includes(change));
  return tells === !isUnknown ? [] : [`the post-mortem ${tells ? 'tells' : 'does not tell'} what was changed`];
}

/** People are called once, and told once that it is over; what is repeated has the key of what it repeats. */
function pageProblems({ world, run }: Played): string[] {
  const own = world.notes.filter((note) => note.run === run.workflowId && note.address === 'incident/1');
  const keysOf = (event: string): string[] => [
    ...new Set(own.flatMap(({ incident, dedupKey }: Notification) => (incident?.event === event ? [dedupKey] : []))),
  ];
  const counts = (['trigger', 'acknowledge', 'resolve'] as const).map((event) => keysOf(event).length);
  const last = own.findLast(({ incident }) => incident !== undefined && incident.event !== 'none')?.incident?.event;
  return [
    ...(counts.join() === '1,1,1' ? [] : [`called, answered and ended so often: ${counts.join(', ')}`]),
    ...(last === 'resolve' ? [] : [`the last that the page heard is ${last ?? 'nothing'}`]),
  ];
}
