import type { PhaseDocument, PlanDocument, StageDocument } from '../../../src/plan/document/plan-document.js';
import type * as workflows from '../../../src/workflows/index.js';
import { lockPlaces, type BesidePlace, type CleanUpPlace } from './beside-places.js';
import { places, type Place } from './long-way.js';

/** Keys of which exactly one is there: the kind of an item. */
type KindOf<Item> = Item extends unknown ? keyof Item : never;
type PlacesOf<Kind extends PropertyKey> = Readonly<Record<Kind, readonly Place[]>>;

/** What says of a phase what it is called, and when its turn comes; there is nothing at which a run could stand. */
type Labels = 'id' | 'title' | 'after';
/** Of a plan: what only describes, or says how others do what they do. */
type Settings =
  | 'phasegate'
  | 'id'
  | 'title'
  | 'description'
  | 'document'
  | 'roles'
  | 'groups'
  | 'vars'
  | 'waivers'
  | 'metrics'
  | 'kpis';
/** Of a plan: what is at work beside the run, or behind it. */
type Beside = 'guard' | 'alerts' | 'incidents' | 'cleanup';

/** Where somebody interferes with each workflow beside the run (`beside.test.ts`), and with what is left to do behind it (`clean-up.test.ts`). */
export const placesBeside = {
  guard: ['guard'],
  alerts: ['alert', 'acknowledged alert'],
  incidents: ['incident', 'resolution', 'post-mortem'],
  cleanup: ['tasks', 'removal', 'removed'],
} as const satisfies Readonly<Record<Beside, ReadonlyArray<BesidePlace | CleanUpPlace>>>;

/** Where somebody interferes with each workflow that lives longer than the answer to one question, as `evidence` does. */
export const placesOfWorkflow = {
  migration: places,
  deploymentPhase: places,
  rollback: ['rollback', 'undo HOLD', 'verification', 'rollback of all', 'rollback again'],
  guard: placesBeside.guard,
  alert: placesBeside.alerts,
  incident: placesBeside.incidents,
  cleanup: placesBeside.cleanup,
  locks: lockPlaces,
} as const satisfies Readonly<Record<Exclude<keyof typeof workflows, 'evidence'>, readonly string[]>>;

/**
 * Where somebody interferes with each kind of step and of wait: what the language of plans learns and is not here does
 * not compile.
 */
export const placesOf = {
  step: {
    flag: ['flag'],
    deploy: ['deploy'],
    check: ['HOLD'],
    attest: ['attest', 'pause'],
    watch: ['window'],
    traffic: ['traffic'],
  } satisfies PlacesOf<KindOf<PhaseDocument['steps'][number]>>,
  stageItem: {
    check: ['validation', 'validation HOLD'],
    attest: ['validation'],
    watch: ['validation'],
    // It waits there for the end of its stage; what it measures then takes milliseconds, in which nobody can interfere.
    baseline: ['validation'],
  } satisfies PlacesOf<KindOf<StageDocument['items'][number]>>,
  partOfPhase: {
    schedule: ['schedule'],
    before: ['before-check'],
    steps: ['flag', 'deploy', 'attest', 'pause', 'HOLD', 'window', 'traffic'],
    success: ['success'],
    approval: ['approval'],
    soak: ['soak'],
  } satisfies PlacesOf<Exclude<keyof PhaseDocument, Labels>>,
  partOfPlan: {
    'pre-deployment': ['pre-deployment'],
    schedule: ['schedule'],
    blackouts: ['schedule'],
    phases: ['flag', 'pause between phases'],
    hold: ['HOLD', 'validation HOLD'],
    validation: ['validation wait', 'validation', 'validation HOLD', 'rollback approval'],
    rollback: ['rollback', 'undo HOLD', 'verification', 'rollback of all', 'rollback again'],
  } satisfies PlacesOf<Exclude<keyof PlanDocument, Settings | Beside>>,
} as const;
