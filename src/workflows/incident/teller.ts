import { CancellationScope, condition, log, patched, uuid4 } from '@temporalio/workflow';
import { specOf } from '../../plan/incidents/classify.js';
import { channelsFor } from '../../plan/incidents/recipients.js';
import { oneOf } from '../../plan/text/spans.js';
import type { IncidentInput } from '../../plan/run-input.js';
import type { IncidentRecord } from './record.js';
import type { Announced } from '../announce.js';
import { tell, type Told } from './telling.js';

/** A channel that is down for some seconds still has the page long before somebody must respond; in half an hour it is given up. */
const longestPauseMs = 15_000;
const pausesInDeadline = 4;
const mostTries = 8;
/** A page that nobody resolves stays open in PagerDuty, where nothing else ends it: eight hours. */
const mostTriesOfResolve = 12;

/** Refusals that the others have heard of; more channels no environment has. */
const mostRefused = 20;

/** Sends messages and counts the work of an execution, so that it ends only when nothing of it is under way. */
export class Teller {
  private readonly input: IncidentInput;
  private readonly record: IncidentRecord;
  private busy = 0;
  private turns = 0;
  /** The latest page, and what becomes of it: two of them never go out at the same time. */
  private newest = 0;
  private sending: Promise<unknown> = Promise.resolve();
  /** The latest page into the war room, and the latest of any other kind: they are for different people. */
  private newestRoom = 0;
  private newestCall = 0;

  constructor(input: IncidentInput, record: IncidentRecord) {
    this.input = input;
    this.record = record;
  }

  /** How often something was done in this execution. */
  get done(): number {
    return this.turns;
  }

  get isIdle(): boolean {
    return this.busy === 0;
  }

  /** Resolves when the message was told once; a page is tried again where a channel did not take it, beside all else. */
  say(told: Told): Promise<void> {
    return this.work(async () => {
      const key = uuid4();
      if (!told.page) return void (await tell(this.input, this.record, told, key));
      const number = ++this.newest;
      if (told.callsRoom) this.newestRoom = number;
      else this.newestCall = number;
      const announced = await this.page(told, key);
      if (Object.keys(announced.failed).length > 0) void this.work(() => this.insist(told, key, number, announced));
    });
  }

  /** Something that must not be left in the middle, also where a message has come here after a Temporal cancel. */
  async work<T>(run: () => Promise<T>): Promise<T> {
    this.busy += 1;
    this.turns += 1;
    try {
      return await CancellationScope.nonCancellable(run);
    } finally {
      this.busy -= 1;
    }
  }

  /** One after the other: a trigger that arrives behind its resolve would open the page for good. */
  private page(told: Told, key: string, again?: Parameters<typeof tell>[4]): Promise<Announced> {
    const mine = this.sending.then(() => tell(this.input, this.record, told, key, again));
    this.sending = mine.catch(() => undefined);
    return mine;
  }

  /** A channel that will never take it is not asked again: whoever else it tells would get the same again and again. */
  private async insist(told: Told, key: string, number: number, first: Announced): Promise<void> {
    const { state } = this.record;
    const news = this.whatIsDown(told, first);
    if (news) await tell(this.input, this.record, news.words, uuid4(), { channels: news.others });
    let { down, taken } = stillDown(first);
    if (down.length === 0) return;
    const { headline, callsRoom } = told;
    const deadlineMs = specOf(this.input.incidents, this.input.severity)?.respondWithin.ms ?? longestPauseMs;
    const firstMs = Math.min(longestPauseMs, Math.ceil(deadlineMs / pausesInDeadline));
    // In histories of earlier builds a call into the room took the place of the incident's own.
    const apart = patched('room-called-apart');
    const answered = (): boolean =>
      (apart ? this.newestCall : this.newest) !== number ||
      (told.page === 'trigger' && (state.acknowledged !== undefined || this.record.isResolved));
    // Nothing else that is said reaches who must come.
    const met = (): boolean => this.newestRoom !== number || this.record.isResolved;
    const over = callsRoom && (apart || this.input.roomChannels) ? met : answered;
    const tries = apart && told.page === 'resolve' ? mostTriesOfResolve : mostTries;
    for (let times = 1; times < tries; times += 1) {
      const pause = firstMs * 2 ** (times - 1);
      if (await condition(over, pause, { summary: `Until ${down.join(', ')} is tried again` })) return;
      ({ down, taken } = stillDown(await this.page(told, key, { channels: down, taken })));
      if (down.length === 0) return;
    }
    log.error('A channel took no page of an incident', { channels: down, headline });
  }

  /** The others hear of it, once: whoever is told by that channel may not know. Undefined when there is nothing or nobody to tell. */
  private whatIsDown(told: Told, { failed, refused = [] }: Announced): { words: Told; others: string[] } | undefined {
    const { state } = this.record;
    const news = Object.entries(failed)
      .map(([name, reason]) => ({ name, again: !refused.includes(name), said: `${name}: ${reason}` }))
      .filter(({ again, said }) => again || !state.refused?.includes(said));
    const final = news.flatMap(({ again, said }) => (again ? [] : [said]));
    if (final.length > 0) state.refused = [...(state.refused ?? []), ...final].slice(-mostRefused);
    const { headline, kind, to, callsRoom } = told;
    const channels = channelsFor(this.input, state, told).map(({ name }) => name);
    const others = channels.filter((name) => !Object.hasOwn(failed, name));
    if (news.length === 0 || others.length === 0) return undefined;
    const then = final.length < news.length ? 'It is tried again' : 'It is not tried again';
    const words = {
      kind,
      to,
      headline: `channel ${oneOf(news.map(({ name }) => name))} does not take a page`,
      text: `Whoever is told by it may not know of: ${headline}. ${then} (${news.map(({ said }) => said).join('; ')}).`,
      ...(callsRoom ? { callsRoom } : {}),
    };
    return { words, others };
  }
}

/** What is worth another try, and who has it by then. */
function stillDown({ failed, refused = [], taken }: Announced): { down: string[]; taken: Announced['taken'] } {
  return { down: Object.keys(failed).filter((name) => !refused.includes(name)), taken };
}
