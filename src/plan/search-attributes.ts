import { defineSearchAttributeKey } from '@temporalio/common';

/** Search attributes of every workflow of a run; `temporal-dev.yaml` and the operations page register the same names. */
export const searchAttributes = {
  plan: defineSearchAttributeKey('PhasegatePlan', 'KEYWORD'),
  environment: defineSearchAttributeKey('PhasegateEnvironment', 'KEYWORD'),
  phase: defineSearchAttributeKey('PhasegatePhase', 'KEYWORD'),
  status: defineSearchAttributeKey('PhasegateStatus', 'KEYWORD'),
  /** Run id of the migration's execution. */
  run: defineSearchAttributeKey('PhasegateRun', 'KEYWORD'),
  /** Names of the people who may answer an open gate. */
  awaiting: defineSearchAttributeKey('PhasegateAwaiting', 'KEYWORD_LIST'),
  /** When the earliest open gate decides by itself. */
  deadline: defineSearchAttributeKey('PhasegateDeadline', 'DATETIME'),
} as const;
