/** Facts that activities produce and statuses show. */

/** A reference to a document in the content-addressed evidence store. */
export interface EvidenceRef {
  /** `sha256:<hex>` */
  digest: string;
  bytes: number;
}

/** Values captured before a phase's first change, in canonical units; a metric that had none is absent. */
export interface BaselineSet {
  at: number;
  values: Record<string, number>;
  /** Metric -> why there is no value. */
  missing: Record<string, string>;
  evidence: EvidenceRef;
}

export interface CriterionSummary {
  text: string;
  metric: string;
  ok: number;
  breaches: number;
  notValid: number;
  last?: number;
  worst?: number;
}
