import type { Verdict } from '../../plan/judge-types.js';

/** What a check found, before it is evidence. */
export interface Finding {
  verdict: Verdict;
  /** One line: what was measured or why it could not be. */
  reason: string;
  /** Output or body, as far as it was kept. */
  output?: string;
  /** Requests, answers, runs: what the verdict rests on. */
  facts: object;
}
