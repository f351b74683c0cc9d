import type { PhasegateClient } from '../../../src/client/phasegate-client.js';
import type { OpenGate, RunRef } from '../../../src/client/read/snapshot.js';
import { parseAddress } from '../../../src/plan/address.js';
import { PhasegateError } from '../../../src/plan/errors.js';
import type { Plan } from '../../../src/plan/model.js';
import { agreeable, say, type Manners, type Word } from '../manners.js';
import { noise } from './readings.js';
import { until } from '../until.js';
import type { SimulatedTime } from './simulated-time.js';

const minute = 60_000;
const hour = 60 * minute;
/** Somebody whom no message reaches still looks once a week. */
const looksEveryMs = 7 * 24 * hour;

/** What a person says at a gate, and when (epoch ms); undefined: nothing. Asked once, when the gate is first seen. */
export type Habit = (gate: OpenGate, person: string, seenAt: number) => { word: Word; at: number } | undefined;

/** An answer that was taken. */
export interface Answered {
  address: string;
  by: string;
  word: Word;
  /** Epoch ms of simulated time. */
  at: number;
}

/**
 * People take minutes for the items of a phase that changes something, since they are there for it, and for everything
 * else up to eight hours, but never more than half the time that is left. The same seed: the same times.
 */
export function afterHours(seed: string, { phases }: Pick<Plan, 'phases'>, manners: Manners = agreeable): Habit {
  const changing = new Set(phases.filter(({ steps }) => steps.length > 0).map(({ id }) => id));
  return (gate, person, seenAt) => {
    const word = manners(gate);
    const atHand = gate.kind === 'attestation' && changing.has(parseAddress(gate.address)?.phase ?? '');
    const takes = minute + noise(`${seed} ${gate.address} ${person}`) * (atHand ? 9 * minute : 8 * hour);
    return word && { word, at: seenAt + Math.min(takes, (gate.deadlineAt - seenAt) / 2) };
  };
}

/** The same, but nobody answers on a Saturday or Sunday. */
export function offAtWeekends(habit: Habit, timeZone: string): Habit {
  const weekday = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short' });
  return (...asked) => {
    const answer = habit(...asked);
    let at = answer?.at ?? 0;
    while (weekday.format(at).startsWith('S')) at += hour;
    return answer && { ...answer, at };
  };
}

/**
 * The people of a run on simulated time. They look when somebody is told something, and once a week, find the open gates
 * as the command line does, whatever workflow of the run has them, and answer through the client when it is time.
 */
export class SimulatedPeople {
  readonly answered: Answered[] = [];
  /** Rejects with what went wrong first: an answer that was not taken, a look that saw nothing. */
  readonly trouble: Promise<never>;
  private complain: (problem: unknown) => void = () => undefined;
  private readonly client: PhasegateClient;
  private readonly time: SimulatedTime;
  private readonly run: RunRef;
  private readonly habit: Habit;
  private readonly seen = new Set<string>();
  private readonly waiting = new Set<Promise<void>>();
  private last: Promise<void> = Promise.resolve();
  /** The last instant that somebody waits for. */
  private latest = 0;
  private home = false;

  constructor(client: PhasegateClient, time: SimulatedTime, run: RunRef, habit: Habit) {
    this.client = client;
    this.time = time;
    this.run = run;
    this.habit = habit;
    this.trouble = new Promise((_, reject) => (this.complain = reject));
    // Whoever waits for the run hears of it.
    this.trouble.catch(() => undefined);
  }

  /** Once a week, from now on. Call it while the clock is held. */
  async lookWeekly(): Promise<void> {
    const now = await this.time.now();
    await this.at(now + looksEveryMs, async () => {
      await this.lookAround();
      await this.lookWeekly();
    });
  }

  /** Somebody was told something. Resolves when the clock is held, which it is until everybody has looked. */
  async told(): Promise<void> {
    await this.time.hold();
    void this.inTurn(() => this.lookAround());
  }

  /** Resolves when nobody waits for a time any more; the clock is held then, or it would run on to the end of all times. */
  async goHome(): Promise<void> {
    this.home = true;
    await this.time.hold();
    await this.time.heldUntil(this.latest + minute);
    await Promise.all(this.waiting);
    await this.last;
  }

  /**
   * Does something at an instant (epoch ms) at which the clock stands until it is done. Resolves when the clock is held for
   * it: let go by somebody else before that, it would run past the instant.
   */
  private async at(instant: number, act: () => Promise<void>): Promise<void> {
    this.latest = Math.max(this.latest, instant);
    await this.time.hold();
    const done = this.time
      .heldUntil(instant)
      .then(() => this.inTurn(act))
      .catch((error: unknown) => this.complain(error))
      .finally(() => this.waiting.delete(done));
    this.waiting.add(done);
  }

  /** One after the other, and lets the clock go then. */
  private inTurn(act: () => Promise<void>): Promise<void> {
    const acting = async (): Promise<void> => {
      if (!this.home) await act();
      await this.time.release();
    };
    this.last = this.last.then(acting).catch((error: unknown) => this.complain(error));
    return this.last;
  }

  private async lookAround(): Promise<void> {
    const now = await this.time.now();
    for (const gate of await this.client.openGates(this.run)) {
      // Not the execution that asks: a clean-up goes on in others.
      const key = `${gate.workflowId} ${gate.address} ${gate.openedAt}`;
      if (this.seen.has(key)) continue;
      this.seen.add(key);
      for (const person of gate.people) {
        const answer = this.habit(gate, person, now);
        if (answer) await this.at(answer.at, () => this.answer(gate, person, answer.word));
      }
    }
  }

  /** Somebody else may have answered in the meantime, or the gate may have closed. */
  private async answer(asked: OpenGate, by: string, word: Word): Promise<void> {
    const gate = await this.askedStill(asked, by);
    if (!gate) return;
    try {
      await say(this.client, gate, by, word);
      this.answered.push({ address: gate.address, by, word, at: await this.time.now() });
    } catch (error) {
      if (!(error instanceof PhasegateError) || error.code !== 'PG208') throw error;
      // A busy worker took what somebody said before only now: nothing is asked there any more.
      if (await this.askedStill(asked, by)) throw error;
    }
    // What was sent as a signal counts when a worker takes it, at the time at which it was said.
    await until(`the answer of ${by} to ${gate.address}`, async () => !(await this.askedStill(asked, by)));
    await this.lookAround();
  }

  private async askedStill({ address, openedAt }: OpenGate, by: string): Promise<OpenGate | undefined> {
    const gates = await this.client.openGates(this.run);
    const gate = gates.find((one) => one.address === address && one.openedAt === openedAt && one.people.includes(by));
    return gate?.decisions.some((decision) => decision.by === by) ? undefined : gate;
  }
}
