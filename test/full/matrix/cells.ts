import { faults, garbage, type Fault } from './faults.js';
import { occurrences } from './occurrences.js';
import { places, type ActivityName, type Occurrence, type Place } from './places.js';

/** One fault of one activity at one place. */
export interface Cell {
  name: string;
  activity: ActivityName;
  place: Place;
  occurrence: Occurrence;
  fault: Fault;
  /** Which garbage, where it answers garbage. */
  answer?: string;
}

/** Faults that only a timeout of the server ends: their cells take as long as production would. */
export const slow: ReadonlySet<Fault> = new Set(['its reply is lost', 'hangs', 'runs twice']);

/** Every cell in which an activity occurs, those that take long first. */
export function allCells(): Cell[] {
  const cells = (Object.keys(occurrences) as ActivityName[]).flatMap((activity) =>
    places.flatMap((place) => faults.flatMap((fault) => cellsAt(activity, place, fault)))
  );
  return cells.toSorted((a, b) => Number(slow.has(b.fault)) - Number(slow.has(a.fault)));
}

function cellsAt(activity: ActivityName, place: Place, fault: Fault): Cell[] {
  const occurrence = occurrences[activity][place];
  if ('never' in occurrence) return [];
  const answers = fault === 'answers garbage' ? Object.keys(garbage) : [undefined];
  return answers.map((answer) => ({
    name: `${activity} in ${place} ${fault}${answer === undefined ? '' : ` (${answer})`}`,
    activity,
    place,
    occurrence,
    fault,
    ...(answer === undefined ? {} : { answer }),
  }));
}
