import type { PhaseStatus } from '../../../src/plan/run-status.js';
import type { Stage } from '../../support/stage/stage.js';
import { slow, type Cell } from './cells.js';
import type { ActivityName, Place } from './places.js';
import type { Played } from './play.js';

/** What these say is never a matter of course: without an answer nothing passes. */
const judging: readonly ActivityName[] = [
  'captureChange',
  'applyChange',
  'verifyChange',
  'undoChange',
  'runCheck',
  'captureBaseline',
  'watchWindow',
  'watchCheck',
  'captureFlags',
  'verifyRemoval',
  'scheduleOpening',
];

/** What nobody could be told stops nobody: all that people are asked stands in the status. */
const telling: readonly ActivityName[] = ['notify', 'tellChannel'];

/** A new normal that nobody knows holds a stage up; a KPI that could not be measured is said to be so. */
function measures({ activity, place }: Cell): boolean {
  return activity === 'measurePeriod' && place === 'validation';
}

/** Flags that nobody else may move meanwhile are removed, and that they are gone is read back: so it may well be done. */
function removes({ activity, place, fault }: Cell): boolean {
  if (place !== 'flag removal') return false;
  return activity === 'acquireLocks' || (activity === 'removeFlags' && fault === 'fails before its effect');
}

/** A fault that another attempt mends costs nobody anything; one for good is never taken as a PASS. */
export async function verdictProblems(stage: Stage, played: Played): Promise<string[]> {
  const { cell, status, retried, world } = played;
  const kind = status.outcome?.kind ?? '';
  const well = kind === 'completed' || kind === 'rolled-back-verified';
  const holds = world.notes.filter((note) => note.kind === 'hold').map(({ text }) => text);
  const asked = well && retried.length === 0 ? [] : [`ended ${kind}, asked at ${[...retried, ...holds].join(', ')}`];
  if (cell.activity === 'verifyIdentity') return [...asked, ...(await beliefProblems(stage, played))];
  // What becomes of an incident stops no run, and people lead it themselves.
  const goesOn = cell.occurrence.incident || telling.includes(cell.activity);
  if (slow.has(cell.fault) || goesOn) return asked;
  const judges = judging.includes(cell.activity) || measures(cell) || removes(cell);
  return judges && asked.length === 0 ? [`ended ${kind} without anybody having been asked`] : [];
}

/** Where people answer whose identity is looked at. */
const answered: Partial<Record<Place, string>> = {
  'first phase': 'phase/1a',
  'last phase': 'phase/1b',
  validation: 'phase/checked',
};

/** An answer of which nobody knows whose it is does not count, and is refused in words: whoever sent it sends it again. */
async function beliefProblems(stage: Stage, { cell, run, cleanup }: Played): Promise<string[]> {
  const part = answered[cell.place];
  const there =
    part === undefined ? cleanup : await stage.handleOf(`${run.workflowId}/${part}`).query<PhaseStatus>('status');
  const { refusals } = there && 'refusals' in there ? there : { refusals: [] };
  const says = (words: RegExp): boolean => refusals.some(({ reason }) => words.test(reason));
  const unknown = says(/^nobody could establish whether erin sent this/);
  // It was sent again while the first was being looked at, and the second one counted.
  const refused = unknown || (!slow.has(cell.fault) && says(/ was decided in the meantime$/));
  if (refused === !slow.has(cell.fault)) return [];
  return [
    refused
      ? 'an answer was refused although another attempt would do'
      : `an answer counted and nobody knew whose it is: ${JSON.stringify(refusals)}`,
  ];
}
