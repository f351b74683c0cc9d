import { patched } from '@temporalio/workflow';
import type { Notification } from '../../activities/contract.js';
import { channelsOf } from '../../plan/alert/routing.js';
import type { Channel } from '../../plan/model.js';
import type { AlertInput } from '../../plan/run-input.js';
import type { Delivery } from '../../plan/watch-status.js';
import { Lane, type Letter } from './lane.js';

/** What the post hands over to the next execution. */
export interface PostState {
  /** Names of the channels that were told of the alert. */
  told: string[];
  /** Channels that take nothing, and of which the others know. */
  reported: string[];
  deliveries: Delivery[];
  /** Channel -> what it has not taken yet. */
  pending: Record<string, Letter>;
  /** Channel -> what is to be said besides. */
  asides?: Record<string, Letter[]>;
  /** What was told last. */
  latest?: Letter;
  /** Channels that were not tried with what they have not taken yet: they are tried quickly, so that one that is down is reported. */
  untried?: string[];
  /** Channel -> why it takes nothing, of which nobody could be told yet. */
  unreported?: Record<string, string>;
  /** Channels that did not take their latest message. */
  down?: string[];
}

export interface PostEvents {
  changed(): void;
  /** The words in which the others are told that a channel is down. */
  down(channel: string, reason: string): Notification;
  isClosed(): boolean;
}

/** Deliveries that a status shows: the latest ones. */
const mostDeliveries = 60;

const noSuchChannel = 'the environment has no such channel';

/** All channels of an alert, side by side: one that is down stops no other, and the others are told of it once. */
export class Post {
  private readonly input: AlertInput;
  private readonly events: PostEvents;
  private readonly lanes = new Map<string, Lane>();
  private readonly reported: Set<string>;
  /** Channels that are down, of which nobody could be told yet. */
  private readonly unreported = new Map<string, string>();
  private latest: Letter | undefined;
  private handingOver = false;
  deliveries: Delivery[];

  constructor(input: AlertInput, events: PostEvents, state: PostState | undefined) {
    this.input = input;
    this.events = events;
    this.reported = new Set(state?.reported);
    this.deliveries = state?.deliveries ?? [];
    this.latest = state?.latest;
    for (const [name, reason] of Object.entries(state?.unreported ?? {})) this.unreported.set(name, reason);
    for (const name of state?.told ?? []) {
      const channel = this.everywhere.find((one) => one.name === name);
      if (channel) this.goOn(this.laneOf(channel), state);
    }
  }

  get isIdle(): boolean {
    return [...this.lanes.values()].every((lane) => lane.isIdle);
  }

  get isResting(): boolean {
    return [...this.lanes.values()].every((lane) => lane.isResting);
  }

  /** Tells all channels of a level's route, and with `everybody` those that were told before too. */
  send(letter: Letter, route: 'warning' | 'critical', { everybody }: { everybody: boolean }): void {
    const { channels, missing } = channelsOf(this.input, route);
    this.latest = letter;
    for (const name of missing) {
      this.note({ channel: name, kind: letter.kind, state: 'given up', reason: noSuchChannel });
      if (this.input.reportsMissing && !this.reported.has(name)) this.unreported.set(name, noSuchChannel);
    }
    const lanes = new Set(channels.map((channel) => this.laneOf(channel)));
    for (const lane of everybody ? this.lanes.values() : lanes) lane.send(letter);
  }

  /** Ends what is being tried, and begins nothing more; call it while it is resting. */
  callOff(): void {
    this.handingOver = true;
    for (const lane of this.lanes.values()) lane.callOff();
  }

  /** Call it when what was called off has ended. */
  handOver(): PostState {
    const pending = [...this.lanes].flatMap(([name, { untold }]) => (untold ? [[name, untold] as const] : []));
    const asides = [...this.lanes].flatMap(([name, { asides: said }]) =>
      said.length > 0 ? [[name, said] as const] : []
    );
    return {
      ...(this.latest ? { latest: this.latest } : {}),
      told: [...this.lanes.keys()],
      reported: [...this.reported],
      deliveries: this.deliveries,
      pending: Object.fromEntries(pending),
      ...(asides.length > 0 ? { asides: Object.fromEntries(asides) } : {}),
      ...this.troubles(),
    };
  }

  private troubles(): Pick<PostState, 'untried' | 'unreported' | 'down'> {
    const named = (is: (lane: Lane) => boolean): string[] =>
      [...this.lanes].flatMap(([name, lane]) => (is(lane) ? [name] : []));
    const untried = named(({ hasNext }) => hasNext);
    const down = named(({ isDown }) => isDown);
    return {
      ...(untried.length > 0 ? { untried } : {}),
      ...(this.unreported.size > 0 ? { unreported: Object.fromEntries(this.unreported) } : {}),
      ...(down.length > 0 ? { down } : {}),
    };
  }

  /** With what an earlier execution left of a channel. */
  private goOn(lane: Lane, state: PostState | undefined): void {
    const { name } = lane.channel;
    const pending = state?.pending[name];
    lane.isDown = state?.down?.includes(name) ?? false;
    if (pending) lane.send(pending, !state?.untried?.includes(name));
    for (const aside of state?.asides?.[name] ?? []) lane.mention(aside);
  }

  private get everywhere(): Channel[] {
    const { channels = [], notify } = this.input.environment;
    return [...channels, ...notify];
  }

  private laneOf(channel: Channel): Lane {
    const there = this.lanes.get(channel.name);
    if (there) return there;
    const lane = new Lane(channel, this.input.environment, {
      onDelivery: (delivery) => {
        this.note(delivery);
        if (delivery.state === 'delivered') this.reportTo();
      },
      onDown: (down, reason) => {
        if (this.reported.has(down.name)) return;
        this.unreported.set(down.name, reason);
        this.reportTo();
      },
    });
    this.lanes.set(channel.name, lane);
    // One that began now would keep the next execution waiting for as long as its channel is tried.
    if (this.handingOver && patched('begun-by-the-next')) lane.callOff();
    return lane;
  }

  /** Tells the channels that work of those that do not; where none of the alert's works, every other one tells it. */
  private reportTo(): void {
    if (this.unreported.size === 0) return;
    const working = (): Lane[] => [...this.lanes.values()].filter(({ isDown }) => !isDown);
    if (working().length === 0) {
      const spare = this.everywhere.filter(({ name }) => !this.lanes.has(name));
      for (const channel of spare) if (this.latest) this.laneOf(channel).send(this.latest);
    }
    const others = working();
    if (others.length === 0) return;
    for (const [name, reason] of this.unreported) {
      this.unreported.delete(name);
      // It has come back meanwhile; one that is missing has no lane.
      if (this.lanes.get(name)?.isDown === false) continue;
      this.reported.add(name);
      for (const lane of others) {
        // An event for what is resolved there would open it again.
        if (lane.channel.kind === 'pagerduty' && this.events.isClosed()) continue;
        lane.mention({ kind: 'channel-down', notification: this.events.down(name, reason) });
      }
    }
  }

  private note(delivery: Omit<Delivery, 'at'>): void {
    const before = this.deliveries.findLast(
      ({ channel, kind }) => channel === delivery.channel && kind === delivery.kind
    );
    const entry = { ...delivery, at: Date.now() };
    if (before?.state === 'failing') Object.assign(before, { reason: undefined }, entry);
    else this.deliveries.push(entry);
    if (this.deliveries.length > mostDeliveries) this.deliveries.shift();
    this.events.changed();
  }
}
