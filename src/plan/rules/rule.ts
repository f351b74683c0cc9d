import type { PlanDocument } from '../document/plan-document.js';
import type { Finding, Path } from '../loading/fault.js';
import type { Loose } from '../loading/loose.js';

/** Says that something at a path of the document is wrong. */
export type Report = (path: Path, finding: Finding) => void;

export type LoosePlan = Loose<PlanDocument>;

/** A rule about meaning: it reads the sound parts of a plan and reports what cannot work. */
export type PlanRule = (plan: LoosePlan, report: Report) => void;
