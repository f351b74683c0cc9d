import type { PhaseDocument, PlanDocument, StageDocument } from '../../../src/plan/document/plan-document.js';
import type { BesidePlace, CleanUpPlace } from './beside-places.js';
import type { Place } from './long-way.js';

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
  alerts: ['alert'],
  incidents: ['incident', 'resolution'],
  cleanup: ['tasks', 'removal', 'removed'],
} as const satisfies Readonly<Record<Beside, ReadonlyArray<BesidePlace | CleanUpPlace>>>;

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
    check: ['validation'],
    attest: ['validation'],
    watch: ['validation'],
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
    phases: ['flag'],
    hold: ['HOLD'],
    validation: ['validation wait', 'validation'],
    rollback: ['rollback', 'undo HOLD', 'verification'],
  } satisfies PlacesOf<Exclude<keyof PlanDocument, Settings | Beside>>,
} as const;
