import { z } from 'zod';
import { runStates, type PhaseStatus, type RunState } from './run-status.js';
import { beginning } from './text/clean.js';
import { byUrgency, gateSentence } from './text/sentences.js';

/** The signal by which a phase tells its run how it stands. */
export const newsSignal = 'phaseNews';

/** A run takes no longer one; the reasons of a window with many criteria can be longer. */
const longestSentence = 5000;

const shape = z.strictObject({
  phase: z.string().max(100),
  state: z.enum(runStates),
  sentence: z.string().max(longestSentence).optional(),
  changedAt: z.number().optional(),
  baseline: z.record(z.string().max(200), z.number()).optional(),
});

/** What a run should know of its phase at once: that it waits, is on hold, paused, or goes back; and why. */
export interface PhaseNews {
  phase: string;
  state: RunState;
  /** Absent while the phase simply runs: then each step would be news. */
  sentence?: string | undefined;
  /** Epoch ms of its first change, and what metrics were before; only where somebody waits for it. */
  changedAt?: number | undefined;
  baseline?: Record<string, number> | undefined;
}

/**
 * Says the same until another gate is the most urgent one or the phase goes on: each piece of news costs events.
 *
 * @param inStage many people answer many items there, and who owes which is said by the stage itself
 * @param tellsFirstChange see PhaseInput
 */
export function newsOf(status: PhaseStatus, { inStage = false, tellsFirstChange = false } = {}): PhaseNews {
  const { phase, state, changedAt } = status;
  const baseline = status.baseline?.values;
  const change = tellsFirstChange && changedAt !== undefined ? { changedAt, ...(baseline && { baseline }) } : {};
  if (state === 'running') return { phase, state, ...change };
  const [gate] = byUrgency(status.gates);
  if (inStage && gate?.kind === 'attestation')
    return { phase, state, sentence: 'Waits for answers to its items.', ...change };
  return { phase, state, sentence: gate ? gateSentence(gate) : status.sentence, ...change };
}

/** The news as it is sent. A sentence that is too long is cut, since a run takes nothing at all of news that has one. */
export function asSent(news: PhaseNews): PhaseNews {
  const { sentence } = news;
  return sentence === undefined ? news : { ...news, sentence: beginning(sentence, longestSentence) };
}

/** Undefined when it is none: anybody can send a signal. */
export function readNews(raw: unknown): PhaseNews | undefined {
  return shape.safeParse(raw).data;
}
