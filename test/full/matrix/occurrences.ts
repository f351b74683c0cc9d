import { places, theRun, whence, type ActivityName, type AtPlaces, type Occurrence, type Place } from './places.js';

/** An occurrence, or why there is none. */
type Said = Occurrence | string;
type InRun = Record<'first phase' | 'last phase' | 'validation' | 'rollback', Said>;
type Later = Record<'incident' | 'clean-up' | 'flag removal' | 'evidence request', Said>;

/**
 * @param inRun one reason stands for all places while the run goes on
 * @param later where it occurs beside the run, and when that has completed
 */
function at(inRun: InRun | string, later: Partial<Later> = {}): AtPlaces {
  const nowhere = {
    incident: 'it tells people, looks at metrics and keeps what it came to, and nothing else',
    'clean-up': 'the run is over, and all that clean-up changes are flags that it removes',
    'flag removal': 'under the locks of the clean-up flags are removed, and nothing else is done',
    'evidence request': 'it reads what is stored, and nothing else',
  };
  const said = (place: Place): Said =>
    ({ ...nowhere, ...later })[place as keyof Later] ??
    (typeof inRun === 'string' ? inRun : inRun[place as keyof InRun]);
  const all = places.map((place) => [place, said(place)] as const);
  return Object.fromEntries(
    all.map(([place, one]) => [place, typeof one === 'string' ? { never: one } : one])
  ) as AtPlaces;
}

const inFirst: Occurrence = { from: whence['first phase'] };
const inLast: Occurrence = { from: whence['last phase'] };
const inStage: Occurrence = { from: whence.validation, validated: true };
const inRollback: Occurrence = { from: whence.rollback, trigger: 'rollback' };
const inIncident: Occurrence = { from: whence.incident, incident: true };
const inCleanup: Occurrence = { from: whence['clean-up'], cleanup: 'seen to' };
const inPhases = { 'first phase': inFirst, 'last phase': inLast };
const everywhere = { ...inPhases, validation: inStage, rollback: inRollback };

const changesNothing = 'a stage of the validation changes nothing';
const ofRunNotStage = 'the run calls it, not its stages';
const locksFlags = 'it locks flags only to remove them';

/** A run and its phases call it, and no rollback. */
function notBack(rollback: string, validation: Said, later: Partial<Later> = {}): AtPlaces {
  return at({ ...inPhases, validation, rollback }, later);
}

/** The guard and its alerts do the same wherever the run is; at each place a metric gets worse, and is told. */
function besideRun(from: RegExp): AtPlaces {
  const later = 'the guard ends with its run, and its alerts with it';
  const incident = 'nobody guards a run whose incident is declared by a person';
  return at(
    {
      'first phase': { from, watched: 'first phase' },
      'last phase': { from, watched: 'last phase' },
      validation: { from, watched: 'validation', validated: true },
      rollback: { from, watched: 'rollback', trigger: 'rollback' },
    },
    { incident, 'clean-up': later, 'flag removal': later }
  );
}

/** For a phase that was ended from outside, whose run reads what there is to undo. */
const readBack: InRun = {
  'first phase': 'only for a phase that was ended from outside',
  'last phase': 'only for a phase that was ended from outside',
  validation: ofRunNotStage,
  rollback: { from: theRun, trigger: 'terminate' },
};

/** Where each activity of the contract occurs. A new activity does not compile until it stands here. */
export const occurrences: Record<ActivityName, AtPlaces> = {
  captureChange: notBack('a rollback captures nothing: no undo of an undo', changesNothing),
  applyChange: notBack('a rollback applies nothing', changesNothing),
  verifyChange: notBack('an undo reads back by itself', changesNothing),
  undoChange: at({
    'first phase': 'a phase undoes nothing: its rollback does',
    'last phase': 'a phase undoes nothing: its rollback does',
    validation: changesNothing,
    rollback: inRollback,
  }),
  runCheck: at(
    { ...everywhere, validation: 'a stage looks again and again: watchCheck' },
    { 'clean-up': 'people see to its tasks, and its own check is a window' }
  ),
  captureBaseline: notBack(
    'its windows count from their own first sample',
    'a stage compares with what was before the first change',
    { 'clean-up': 'its window counts from its own first sample' }
  ),
  watchWindow: at(everywhere, { incident: inIncident, 'clean-up': inCleanup }),
  measurePeriod: at(
    {
      'first phase': 'KPIs are measured once, at the end',
      'last phase': { from: theRun, validated: true },
      validation: inStage,
      rollback: 'what was taken back has no new normal',
    },
    { 'clean-up': 'people answer its KPIs' }
  ),
  watchCheck: at({
    'first phase': 'a phase looks once: its stages look again and again',
    'last phase': 'a phase looks once: its stages look again and again',
    validation: inStage,
    rollback: 'a rollback looks once',
  }),
  watchMetrics: besideRun(/\/guard$/),
  notify: at(everywhere, { incident: inIncident, 'clean-up': inCleanup }),
  tellChannel: besideRun(/\/alert\/latency$/),
  verifyIdentity: notBack('nobody decides anything while all goes back', inStage, { 'clean-up': inCleanup }),
  recordEvidence: at(
    { ...everywhere, rollback: { from: theRun, trigger: 'reject' } },
    { incident: inIncident, 'clean-up': inCleanup }
  ),
  readEvidence: at('no run reads what it stored: who asks for it from another host makes workers read it', {
    'clean-up': 'it hands on the digests of what it stored, and reads none',
    'flag removal': 'it hands on the digests of what it stored, and reads none',
    'evidence request': { from: whence['evidence request'], read: true },
  }),
  acquireLocks: at(
    {
      'first phase': { from: theRun },
      'last phase': 'locks are taken once, before the first phase',
      validation: ofRunNotStage,
      rollback: { from: /\/rollback\/again-/, afterEnd: true },
    },
    { 'clean-up': locksFlags, 'flag removal': inCleanup }
  ),
  releaseLocks: at(
    {
      'first phase': 'locks are released once, at the end',
      'last phase': { from: theRun },
      validation: ofRunNotStage,
      rollback: { from: theRun, trigger: 'rollback' },
    },
    { 'clean-up': locksFlags, 'flag removal': inCleanup }
  ),
  readLedger: at(readBack, { incident: inIncident }),
  readRollbacks: at(readBack),
  readHandover: at(
    {
      'first phase': 'the guard asks for it when it ends, with the run',
      'last phase': { from: /\/guard$/, watched: 'last phase', endsAlert: true },
      validation: 'the guard asks for it when it ends, with the run',
      rollback: 'the guard asks for it when it ends, with the run',
    },
    { 'clean-up': "alerts and incidents are the run's", 'flag removal': "alerts and incidents are the run's" }
  ),
  scheduleOpening: notBack('a rollback waits for no days', 'a stage counts its time from the last phase', {
    'clean-up': 'its days are those of cleanupDays',
  }),
  cleanupDays: at('only clean-up has days of its own, when the run is over', { 'clean-up': inCleanup }),
  // Once to see whether it is safe, and once more when nobody else can move them.
  captureFlags: at('only clean-up removes flags, when the run is over', {
    'clean-up': inCleanup,
    'flag removal': { ...inCleanup, behind: 1 },
  }),
  removeFlags: at('only clean-up removes flags, when the run is over', {
    'clean-up': 'it removes flags under locks alone',
    'flag removal': inCleanup,
  }),
  verifyRemoval: at('only clean-up removes flags, when the run is over', {
    'clean-up': 'it removes flags under locks alone',
    'flag removal': inCleanup,
  }),
  closeCleanup: at(
    {
      'first phase': 'only who takes back a run that has ended asks for it',
      'last phase': 'only who takes back a run that has ended asks for it',
      validation: 'only who takes back a run that has ended asks for it',
      rollback: { from: /\/rollback\/again-/, afterEnd: true, cleanup: 'left' },
    },
    { 'clean-up': 'it closes itself', 'flag removal': 'it closes itself' }
  ),
};

/** Calls that were seen at a place where they are said never to occur. */
export function unexpected(calls: ReadonlySet<string>): string[] {
  return [...calls].flatMap((call) => {
    const [activity, from = ''] = call.split(' ');
    const here = places.filter((place) => whence[place].test(from));
    const isKnown = here.some((place) => !('never' in occurrences[activity as ActivityName][place]));
    return here.length === 0 || isKnown ? [] : [`${activity} was called in ${here.join(' and ')}, by ${from}`];
  });
}
