import type { Report } from './rule.js';
import type { LoosePlan } from './rule.js';
import type { LooseEnvironment } from './environment.js';

/** A plan and the environment that it is to run in, as far as they are sound, and who says what is wrong with either. */
export interface Pairing {
  plan: LoosePlan;
  environment: LooseEnvironment;
  inPlan: Report;
  inEnvironment: Report;
  /** The one who starts the run, if that is known already. */
  startedBy?: string;
}

/** A rule about a plan in an environment. */
export type PairingRule = (pairing: Pairing) => void;
