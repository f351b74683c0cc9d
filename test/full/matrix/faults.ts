import { ApplicationFailure } from '@temporalio/common';

export const faults = [
  'fails before its effect',
  'fails after its effect',
  'its reply is lost',
  'hangs',
  'runs twice',
  'answers garbage',
] as const;
export type Fault = (typeof faults)[number];

/** Garbage: nothing, a text that looks like a yes, and every key that workflows look for with a value that is none. */
export const garbage: Record<string, unknown> = {
  nothing: undefined,
  'a text': 'PASS',
  'an object': {
    verdict: 'PASS',
    granted: 'yes',
    accepted: 'yes',
    endedAt: 'now',
    runId: 7,
    state: null,
    values: null,
    digest: 7,
    opensAt: 'soon',
    entryId: null,
  },
};

/** One attempt at an activity, as a fault sees it. */
export interface Attempt {
  /** From 1, as they reach a worker. */
  number: number;
  /** Does what the activity does. */
  act: () => Promise<unknown>;
  /** What the activity answers when it answers garbage. */
  garbage: unknown;
  /** Resolves when the cell is over: only then does something end that never answers. */
  over: Promise<void>;
  /** For two attempts that overlap: the first waits for the second. */
  second: { came: Promise<void>; come: () => void };
}

/** A server away for a moment, then a fault that no repetition mends: the second attempt's failure is final. */
function failure({ number }: Attempt): Error | undefined {
  if (number === 1) return ApplicationFailure.create({ message: 'sabotage: once more', type: 'Sabotage' });
  return number === 2 ? ApplicationFailure.nonRetryable('sabotage: for good', 'Sabotage') : undefined;
}

async function never({ over }: Attempt): Promise<never> {
  await over;
  throw new Error('this attempt was given up long ago');
}

export const sabotage: Record<Fault, (attempt: Attempt) => Promise<unknown>> = {
  'fails before its effect': async (attempt) => {
    const error = failure(attempt);
    if (error) throw error;
    return attempt.act();
  },
  'fails after its effect': async (attempt) => {
    const result = await attempt.act();
    const error = failure(attempt);
    if (error) throw error;
    return result;
  },
  'its reply is lost': async (attempt) => {
    const result = await attempt.act();
    return attempt.number === 1 ? never(attempt) : result;
  },
  hangs: (attempt) => (attempt.number === 1 ? never(attempt) : attempt.act()),
  'runs twice': async (attempt) => {
    if (attempt.number !== 1) attempt.second.come();
    else if ((await Promise.race([attempt.second.came, attempt.over.then(() => 'over')])) === 'over') {
      return never(attempt);
    }
    return attempt.act();
  },
  'answers garbage': async (attempt) => {
    const result = await attempt.act();
    return attempt.number === 1 ? attempt.garbage : result;
  },
};
