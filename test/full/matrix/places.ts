import type { EnvironmentActivities, HostActivities, WindowActivities } from '../../../src/activities/contract.js';

export const places = ['first phase', 'last phase', 'rollback'] as const;
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
}

/** An activity does not occur there, and why. */
interface Never {
  never: string;
}

const inFirst: Occurrence = { from: /\/phase\/1a$/ };
const inLast: Occurrence = { from: /\/phase\/1b$/ };
const inRollback: Occurrence = { from: /\/rollback\//, trigger: 'rollback' };
const theRun = /\/plan-[0-9a-f]{8}$/;
const inPhases = { 'first phase': inFirst, 'last phase': inLast };
const everywhere = { ...inPhases, rollback: inRollback };
const notBack = (never: string): Record<Place, Occurrence | Never> => ({ ...inPhases, rollback: { never } });

const afterwards: Never = { never: 'only clean-up calls it, when the run is over' };
const inCleanup = { 'first phase': afterwards, 'last phase': afterwards, rollback: afterwards };

/** Where a call comes from, for the claims that it never comes from there. */
const whence: Record<Place, RegExp> = {
  'first phase': inFirst.from,
  'last phase': inLast.from,
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

const stageOnly: Never = {
  never:
    'only stages of a validation call it, and what a run owes at its end: this plan has neither, and both have tests of their own',
};
const inStagesOnly = { 'first phase': stageOnly, 'last phase': stageOnly, rollback: stageOnly };

const beside = (never: string, from: RegExp): Record<Place, Occurrence | Never> => ({
  'first phase': { from, watched: true },
  'last phase': { never },
  rollback: { never },
});

/** Where each activity of the contract occurs. A new activity does not compile until it stands here. */
export const occurrences: Record<ActivityName, Record<Place, Occurrence | Never>> = {
  captureChange: notBack('a rollback captures nothing: no undo of an undo'),
  applyChange: notBack('a rollback applies nothing'),
  verifyChange: notBack('an undo reads back by itself'),
  undoChange: {
    'first phase': { never: 'a phase undoes nothing: its rollback does' },
    'last phase': { never: 'a phase undoes nothing: its rollback does' },
    rollback: inRollback,
  },
  runCheck: everywhere,
  captureBaseline: notBack('its windows count from their own first sample'),
  watchWindow: everywhere,
  measurePeriod: inStagesOnly,
  watchCheck: inStagesOnly,
  watchMetrics: beside('one call watches over the whole run', /\/guard$/),
  notify: everywhere,
  tellChannel: beside('an alert tells of its metric, whatever the run does', /\/alert\/latency$/),
  verifyIdentity: notBack('nobody decides anything while all goes back'),
  recordEvidence: { ...inPhases, rollback: { from: theRun, trigger: 'reject' } },
  readEvidence: {
    'first phase': {
      never: 'only the workflow calls it that fetches evidence for a CLI on another host, beside every run',
    },
    'last phase': {
      never: 'only the workflow calls it that fetches evidence for a CLI on another host, beside every run',
    },
    rollback: { never: 'only the workflow calls it that fetches evidence for a CLI on another host, beside every run' },
  },
  acquireLocks: {
    'first phase': { from: theRun },
    'last phase': { never: 'locks are taken once, before the first phase' },
    rollback: { from: /\/rollback\/again-/, afterEnd: true },
  },
  releaseLocks: {
    'first phase': { never: 'locks are released once, at the end' },
    'last phase': { from: theRun },
    rollback: { from: theRun, trigger: 'rollback' },
  },
  readLedger: {
    'first phase': { never: 'only for a phase that was ended from outside' },
    'last phase': { never: 'only for a phase that was ended from outside' },
    rollback: { from: theRun, trigger: 'terminate' },
  },
  readRollbacks: {
    'first phase': { never: 'only for a phase that was ended from outside' },
    'last phase': { never: 'only for a phase that was ended from outside' },
    rollback: { from: theRun, trigger: 'terminate' },
  },
  scheduleOpening: notBack('a rollback waits for no days'),
  captureFlags: inCleanup,
  removeFlags: inCleanup,
  verifyRemoval: inCleanup,
  cleanupDays: inCleanup,
  closeCleanup: {
    'first phase': { never: 'only who takes back a run that has ended asks for it' },
    'last phase': { never: 'only who takes back a run that has ended asks for it' },
    rollback: { from: /\/rollback\/again-/, afterEnd: true },
  },
};
