import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';

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

/** Bytes of JSON that a server takes as one value by default: a workflow that sends more gets no task done any more. */
const largest = 2048;

/** Who is awaited, as many of them as one value has room for, in their order; nobody: the attribute goes. */
export function awaitingPair(people: readonly string[]): SearchAttributeUpdatePair {
  let bytes = '['.length;
  const shown = people.filter((name) => {
    bytes += `${JSON.stringify(name)},`.length;
    return bytes <= largest;
  });
  return { key: searchAttributes.awaiting, value: shown.length > 0 ? shown : null };
}
