import type { EnvironmentActivities, HostActivities, WindowActivities } from '../../../src/activities/contract.js';

export const places = ['first phase', 'last phase', 'validation', 'rollback'] as const;
export type Place = (typeof places)[number];
export type ActivityName = keyof EnvironmentActivities | keyof WindowActivities | keyof HostActivities;

/** What ends a run before it completes; it happens at the approval of the last phase. */
export type Trigger = 'rollback' | 'reject' | 'terminate';

/** Where the calls of an activity come from. */
export interface Occurrence {
  /** End or part of the workflow ids that make the call. */
  from: RegExp;
  trigger?: Trigger;
  /** The call comes when a run that completed is rolled back by a person. */
  afterEnd?: true;
  /** The run is guarded, one of its metrics is at its warning, and the run waits until people were told of it. */
  watched?: true;
  /** The run has a stage of the validation behind its phases, and a KPI at its end. */
  validated?: true;
}

/** An activity does not occur there, and why. */
interface Never {
  never: string;
}

const inFirst: Occurrence = { from: /\/phase\/1a$/ };
const inLast: Occurrence = { from: /\/phase\/1b$/ };
const inStage: Occurrence = { from: /\/phase\/checked$/, validated: true };
const inRollback: Occurrence = { from: /\/rollback\//, trigger: 'rollback' };
const theRun = /\/plan-[0-9a-f]{8}$/;
const inPhases = { 'first phase': inFirst, 'last phase': inLast };
const everywhere = { ...inPhases, validation: inStage, rollback: inRollback };
const changesNothing: Never = { never: 'a stage of the validation changes nothing' };
const notBack = (never: string, validation: Occurrence | Never): Record<Place, Occurrence | Never> => ({
  ...inPhases,
  validation,
  rollback: { never },
});
const ofRunNotStage: Never = { never: 'the run calls it, not its stages' };

const afterwards: Never = { never: 'only clean-up calls it, when the run is over' };
const inCleanup = { 'first phase': afterwards, 'last phase': afterwards, validation: afterwards, rollback: afterwards };

/** Where a call comes from, for the claims that it never comes from there. */
const whence: Record<Place, RegExp> = {
  'first phase': inFirst.from,
  'last phase': inLast.from,
  validation: inStage.from,
  rollback: inRollback.from,
};

/** Calls that were seen at a place where they are said never to occur. */
export function unexpected(calls: ReadonlySet<string>): string[] {
  return [...calls].flatMap((call) => {
    const [activity, from = ''] = call.split(' ');
    const at = places.filter((place) => whence[place].test(from));
    return at
      .filter((place) => 'never' in occurrences[activity as ActivityName][place])
      .map((place) => `${activity} was called in ${place}, by ${from}`);
  });
}

const beside = (never: string, from: RegExp): Record<Place, Occurrence | Never> => ({
  'first phase': { from, watched: true },
  'last phase': { never },
  validation: { never },
  rollback: { never },
});

const fetched: Never = {
  never: 'only the workflow calls it that fetches evidence for a CLI on another host, beside every run',
};
const besideRuns = { 'first phase': fetched, 'last phase': fetched, validation: fetched, rollback: fetched };

/** Where each activity of the contract occurs. A new activity does not compile until it stands here. */
export const occurrences: Record<ActivityName, Record<Place, Occurrence | Never>> = {
  captureChange: notBack('a rollback captures nothing: no undo of an undo', changesNothing),
  applyChange: notBack('a rollback applies nothing', changesNothing),
  verifyChange: notBack('an undo reads back by itself', changesNothing),
  undoChange: {
    'first phase': { never: 'a phase undoes nothing: its rollback does' },
    'last phase': { never: 'a phase undoes nothing: its rollback does' },
    validation: changesNothing,
    rollback: inRollback,
  },
  runCheck: { ...everywhere, validation: { never: 'a stage looks again and again: watchCheck' } },
  captureBaseline: notBack('its windows count from their own first sample', {
    never: 'a stage compares with what was before the first change',
  }),
  watchWindow: everywhere,
  measurePeriod: {
    'first phase': { never: 'KPIs are measured once, at the end' },
    'last phase': { from: theRun, validated: true },
    validation: inStage,
    rollback: { never: 'what was taken back has no new normal' },
  },
  watchCheck: {
    'first phase': { never: 'a phase looks once: its stages look again and again' },
    'last phase': { never: 'a phase looks once: its stages look again and again' },
    validation: inStage,
    rollback: { never: 'a rollback looks once' },
  },
  watchMetrics: beside('it looks the same, whatever the run does beside it', /\/guard$/),
  notify: everywhere,
  tellChannel: beside('an alert tells of its metric, whatever the run does', /\/alert\/latency$/),
  verifyIdentity: notBack('nobody decides anything while all goes back', inStage),
  recordEvidence: { ...inPhases, validation: inStage, rollback: { from: theRun, trigger: 'reject' } },
  readEvidence: besideRuns,
  acquireLocks: {
    'first phase': { from: theRun },
    'last phase': { never: 'locks are taken once, before the first phase' },
    validation: ofRunNotStage,
    rollback: { from: /\/rollback\/again-/, afterEnd: true },
  },
  releaseLocks: {
    'first phase': { never: 'locks are released once, at the end' },
    'last phase': { from: theRun },
    validation: ofRunNotStage,
    rollback: { from: theRun, trigger: 'rollback' },
  },
  readLedger: {
    'first phase': { never: 'only for a phase that was ended from outside' },
    'last phase': { never: 'only for a phase that was ended from outside' },
    validation: ofRunNotStage,
    rollback: { from: theRun, trigger: 'terminate' },
  },
  readRollbacks: {
    'first phase': { never: 'only for a phase that was ended from outside' },
    'last phase': { never: 'only for a phase that was ended from outside' },
    validation: ofRunNotStage,
    rollback: { from: theRun, trigger: 'terminate' },
  },
  scheduleOpening: notBack('a rollback waits for no days', { never: 'a stage counts its time from the last phase' }),
  captureFlags: inCleanup,
  removeFlags: inCleanup,
  verifyRemoval: inCleanup,
  cleanupDays: inCleanup,
  closeCleanup: {
    'first phase': { never: 'only who takes back a run that has ended asks for it' },
    'last phase': { never: 'only who takes back a run that has ended asks for it' },
    validation: { never: 'only who takes back a run that has ended asks for it' },
    rollback: { from: /\/rollback\/again-/, afterEnd: true },
  },
};
