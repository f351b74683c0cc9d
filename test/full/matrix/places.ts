import type { EnvironmentActivities, HostActivities, WindowActivities } from '../../../src/activities/contract.js';

export const places = [
  'first phase',
  'last phase',
  'validation',
  'rollback',
  'incident',
  'clean-up',
  'flag removal',
  'evidence request',
] as const;
export type Place = (typeof places)[number];
export type ActivityName = keyof EnvironmentActivities | keyof WindowActivities | keyof HostActivities;

/** What ends a run before it completes; it happens at the approval of the last phase. */
export type Trigger = 'rollback' | 'reject' | 'terminate';

/** Where a guarded metric gets worse. */
export type Watched = Extract<Place, 'first phase' | 'last phase' | 'validation' | 'rollback'>;

/** Where the calls of an activity come from. */
export interface Occurrence {
  /** End or part of the workflow ids that make the call. */
  from: RegExp;
  trigger?: Trigger;
  /** The call comes when a run that completed is rolled back by a person. */
  afterEnd?: true;
  /** The run is guarded, and at this place a metric gets worse, twice: it goes on when people were told of both. */
  watched?: Watched;
  /** When people were told of both, somebody terminates the alert: the guard closes it when the run is over. */
  endsAlert?: true;
  /** The run has a stage of the validation behind its phases, and a KPI at its end. */
  validated?: true;
  /** Somebody declares an incident in the last phase, and leads it to its end. */
  incident?: true;
  /** When the run has completed, its flags are to be removed: people see to that, or leave it. */
  cleanup?: 'seen to' | 'left';
  /** Calls of the activity that come before the one that is meant. */
  behind?: number;
  /** When the run has completed, somebody on another host reads evidence of it. */
  read?: true;
}

/** An activity does not occur there, and why. */
interface Never {
  never: string;
}

export type AtPlaces = Record<Place, Occurrence | Never>;

/** Where a call comes from. The removal of flags is a part of the clean-up's workflow. */
export const whence: Record<Place, RegExp> = {
  'first phase': /\/phase\/1a$/,
  'last phase': /\/phase\/1b$/,
  validation: /\/phase\/checked$/,
  rollback: /\/rollback\//,
  incident: /\/incident\/1$/,
  'clean-up': /\/cleanup$/,
  'flag removal': /\/cleanup$/,
  'evidence request': /^evidence\//,
};
export const theRun = /\/plan-[0-9a-f]{8}$/;
