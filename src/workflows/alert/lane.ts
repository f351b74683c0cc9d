import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
  type ActivityOptions,
} from '@temporalio/workflow';
import type { Duration } from '@temporalio/common';
import type { EnvironmentActivities, Notification, TellResult } from '../../activities/contract.js';
import type { Channel, Environment } from '../../plan/model.js';
import { environmentQueue } from '../../plan/names.js';
import type { AlertMessageKind, Delivery } from '../../plan/watch-status.js';
import { believed } from '../believed.js';

/** One message as it goes through a lane. */
export interface Letter {
  kind: AlertMessageKind;
  notification: Notification;
}

/** What a lane tells of itself. */
export interface LaneEvents {
  /** A message was delivered, is still being tried, or was given up. */
  onDelivery(delivery: Omit<Delivery, 'at'>): void;
  /** The channel takes nothing: the others must know. */
  onDown(channel: Channel, reason: string): void;
}

/** A busy channel gets the message within seconds; behind that the others hear that it is down. */
const quick = {
  scheduleToCloseTimeout: '30s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s' },
} as const satisfies ActivityOptions;
/** Then it is tried for hours, unless there is something newer to say. */
const patientRetry = { initialInterval: '10s', backoffCoefficient: 2, maximumInterval: '5m' } as const;
const patience = '6h';
/** Where no worker was there, the first that comes tries it quickly: what it finds of the channel must be reported too. */
const quickRetryOfFirst = { ...quick.retry, maximumAttempts: 5 };
/** The end of an alert is no news for long, and the next alert of the metric waits for this one. */
const patienceAtEnd = '1h';

/**
 * One channel: takes one message at a time, in their order. A channel that is down is tried patiently; what is newer
 * takes the place of what it has not taken yet, since every message says how the alert stands.
 */
export class Lane {
  readonly channel: Channel;
  private readonly environment: Environment;
  private readonly events: LaneEvents;
  private next: Letter | undefined;
  /** What is said besides, and was not yet. */
  readonly asides: Letter[] = [];
  private working = false;
  /** Set while a channel that is down is tried patiently. */
  private trying: { letter: Letter; scope: CancellationScope } | undefined;
  private handingOver = false;
  private calledOff: Letter | undefined;
  /** Its latest message was not taken, or is not yet. */
  isDown = false;

  constructor(channel: Channel, environment: Environment, events: LaneEvents) {
    this.channel = channel;
    this.environment = environment;
    this.events = events;
  }

  get isIdle(): boolean {
    return !this.working;
  }

  /** Nothing is under way that could not be called off. */
  get isResting(): boolean {
    return this.isIdle || this.trying !== undefined;
  }

  /** @param patiently true: it was tried quickly before */
  send(letter: Letter, patiently = false): void {
    if (this.next) this.overtaken(this.next, letter);
    this.next = letter;
    // Whatever is said behind a resolve would open the page again, for good.
    if (letter.kind === 'recovered' && this.channel.kind === 'pagerduty') this.asides.length = 0;
    this.trying?.scope.cancel();
    this.start(patiently);
  }

  /** What is said besides, and waits for its turn. */
  mention(letter: Letter): void {
    this.asides.push(letter);
    this.start(false);
  }

  /** Ends what is tried patiently, and begins nothing more. */
  callOff(): void {
    this.handingOver = true;
    this.calledOff = this.trying?.letter;
    this.trying?.scope.cancel();
  }

  /** What is not told yet: as of one that was ended from outside, or when all that was called off has ended. */
  get untold(): Letter | undefined {
    return this.next ?? this.calledOff ?? this.trying?.letter;
  }

  /** Whether what is to be told next was not tried at all. */
  get hasNext(): boolean {
    return this.next !== undefined;
  }

  private start(patiently: boolean): void {
    if (this.working || this.handingOver) return;
    this.working = true;
    // Also where a signal or the end of the run has come here.
    void CancellationScope.nonCancellable(() => this.work(patiently));
  }

  private async work(patiently: boolean): Promise<void> {
    let late = patiently;
    try {
      while (!this.handingOver) {
        const letter = this.next ?? this.asides.shift();
        if (!letter) return;
        if (letter === this.next) this.next = undefined;
        await this.deliver(letter, late);
        late = false;
      }
    } finally {
      // In the same moment in which nothing is left: what comes next begins anew.
      this.working = false;
    }
  }

  private async deliver(letter: Letter, late: boolean): Promise<void> {
    const isAside = letter.kind === 'channel-down';
    let wasNobody = false;
    try {
      if (!late) {
        const problem = await this.attempt(letter, quick);
        if (problem === undefined) return this.delivered(letter);
        if (problem.isFinal || isAside) return this.givenUp(letter, problem);
        this.failing(letter, problem);
        wasNobody = problem.isNobody;
      }
      await this.insist(letter, wasNobody);
    } catch (error) {
      if (!isCancellation(error)) throw error;
      if (this.next) this.overtaken(letter, this.next);
    }
  }

  private async insist(letter: Letter, wasNobody: boolean): Promise<void> {
    const scope = new CancellationScope();
    this.trying = { letter, scope };
    this.isDown = true;
    try {
      // What came meanwhile is newer.
      if (this.next || this.handingOver) scope.cancel();
      const most = letter.kind === 'recovered' ? patienceAtEnd : patience;
      const tryWith = (retry: ActivityOptions['retry']): Promise<Problem | undefined> =>
        scope.run(() => this.attempt(letter, { scheduleToCloseTimeout: most, retry }));
      let problem = await tryWith(wasNobody ? quickRetryOfFirst : patientRetry);
      if (problem && wasNobody && !problem.isFinal && !problem.isNobody) {
        this.failing(letter, problem);
        problem = await tryWith(patientRetry);
      }
      if (problem === undefined) this.delivered(letter);
      else this.givenUp(letter, problem);
    } finally {
      this.trying = undefined;
    }
  }

  /** Why it was not taken; undefined when it was. */
  private async attempt(
    { kind, notification }: Letter,
    options: { scheduleToCloseTimeout: Duration; retry: ActivityOptions['retry'] }
  ): Promise<Problem | undefined> {
    const { id, title } = this.environment;
    const environment = { id, kind: this.environment.kind, title };
    const summary = `Tell ${this.channel.name}, ${kind}: ${notification.title}`.slice(0, 180);
    try {
      await told(id, options).executeWithOptions({ summary }, [{ channel: this.channel, environment, notification }]);
      return undefined;
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      return problemOf(error);
    }
  }

  private delivered(letter: Letter): void {
    const { kind } = letter;
    this.isDown = false;
    if (this.calledOff === letter) this.calledOff = undefined;
    this.events.onDelivery({ channel: this.channel.name, kind, state: 'delivered' });
  }

  private failing({ kind }: Letter, { reason, isNobody }: Problem): void {
    this.isDown = true;
    this.events.onDelivery({ channel: this.channel.name, kind, state: 'failing', reason });
    // While no worker is there, no channel is: that is another trouble.
    if (!isNobody) this.events.onDown(this.channel, reason);
  }

  private givenUp(letter: Letter, { reason }: Problem): void {
    const { kind } = letter;
    this.isDown = true;
    if (this.calledOff === letter) this.calledOff = undefined;
    this.events.onDelivery({ channel: this.channel.name, kind, state: 'given up', reason });
    this.events.onDown(this.channel, reason);
  }

  private overtaken({ kind }: Letter, by: Letter): void {
    const reason = `overtaken by ${by.kind}`;
    this.events.onDelivery({ channel: this.channel.name, kind, state: 'given up', reason });
  }
}

interface Problem {
  reason: string;
  isFinal: boolean;
  /** No worker took it at all. */
  isNobody: boolean;
}

type Told = { executeWithOptions: (options: ActivityOptions, args: [unknown]) => Promise<TellResult> };

function told(
  environmentId: string,
  options: { scheduleToCloseTimeout: Duration; retry: ActivityOptions['retry'] }
): Told {
  const { tellChannel } = believed(
    proxyActivities<EnvironmentActivities>({
      ...options,
      taskQueue: environmentQueue(environmentId),
      startToCloseTimeout: '20s',
      heartbeatTimeout: '10s',
      // A trigger that is still on its way must not arrive behind the news that it is over.
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    })
  );
  return tellChannel as unknown as Told;
}

function problemOf(failure: ActivityFailure): Problem {
  let last: Error | undefined = failure.cause;
  const isTimeout = last instanceof TimeoutFailure;
  while (last instanceof TimeoutFailure && last.cause) last = last.cause;
  const isFinal = last instanceof ApplicationFailure && last.nonRetryable === true;
  if (last instanceof ApplicationFailure) return { reason: last.message, isFinal, isNobody: false };
  return { reason: 'no worker of the environment told it in time', isFinal: false, isNobody: isTimeout };
}
