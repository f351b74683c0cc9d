import type { AlertLevel } from '../model.js';
import { patienceMs } from '../patience.js';
import type { LevelNews } from '../trouble.js';
import type { AlertMessageKind } from '../watch-status.js';

/** How long an alert waits for people, in ms. */
export interface AlertPatience {
  /** Absent: nobody is next in line. */
  escalateAfter?: number;
  /** Twice as long after each reminder. */
  remindEvery: number;
  /** A recovery must last so long before it is told: until then news back and forth are told to nobody. */
  quiet: number;
}

type Level = AlertLevel | 'no-data';
type Crossing = LevelNews & { level: Level };

/** Everything that an alert knows: plain data, which its next execution goes on with. Times in epoch ms. */
export interface AlertState {
  /** The latest news, whatever they are. */
  news: LevelNews;
  /** The latest that were bad: what messages are about. */
  crossing: Crossing;
  /** Key of the page that it has with others, once it has one. */
  page?: string;
  /** Who is told: the route of the worst level since it opened. */
  route: AlertLevel;
  openedAt: number;
  /** The worst that people know of it; absent: they know nothing, or that it is over. */
  known?: Level;
  /** They know as well that there were no data since it opened. */
  lossKnown?: true;
  acknowledged?: { by: string; at: number };
  escalateAt?: number;
  escalatedAt?: number;
  remindAt?: number;
  reminders: number;
  /** When the recovery will have lasted long enough to be told. */
  recoverAt?: number;
  closedAt?: number;
}

/** The state after something happened, and what people are told of it. */
export interface Turn {
  state: AlertState;
  tell?: AlertMessageKind;
}

type Patience = (route: AlertLevel) => AlertPatience;

const ranks: Record<Level, number> = { 'no-data': 1, warning: 2, critical: 3 };

/**
 * An alert that its first news opens. Without a crossing there is none: it is over as soon as it has begun.
 *
 * @param openedAt when it was begun for them: the same after a reset to its first moment
 */
export function openAlert(news: LevelNews, patience: Patience, now: number, openedAt = now): Turn {
  const level = isCrossing(news) ? news.level : 'no-data';
  const state: AlertState = {
    news,
    crossing: { ...news, level },
    route: routeOf(level),
    openedAt,
    reminders: 0,
    ...(isCrossing(news) ? {} : { closedAt: now }),
  };
  return isCrossing(news) ? opened(state, news, patience, now, openedAt) : { state };
}

/**
 * Whether a metric that people know at its warning has no data any more, which they do not know: it may have become
 * critical, and then nothing is taken back for it.
 */
export function losesData({ known, lossKnown, news: latest }: AlertState, news: LevelNews): boolean {
  return news.level === 'no-data' && known === 'warning' && !lossKnown && news.at >= latest.at;
}

/**
 * How the metric stands now. What people know already tells them nothing; what is worse than they know is told at once,
 * and needs a new acknowledgement, as does, once, that a warning lost its data. News older than the latest change nothing.
 *
 * @param tellsLoss false as in the histories of earlier builds, which told nobody of that
 */
export function hearNews(
  state: AlertState,
  news: LevelNews,
  patience: Patience,
  now: number,
  { tellsLoss = true } = {}
): Turn {
  if (news.at < state.news.at) return { state };
  const { recoverAt, ...rest } = state;
  const heard = { ...rest, news };
  if (!isCrossing(news)) {
    if (state.known === undefined) return { state: { ...state, news } };
    if (news.level === 'unwatched') return recovered(heard, now);
    return { state: { ...heard, recoverAt: recoverAt ?? now + patience(state.route).quiet } };
  }
  const known = state.known;
  if (known === undefined) return opened(heard, news, patience, now);
  if (ranks[news.level] > ranks[known] || (news.grown && news.level === known))
    return raised(heard, news, patience, now);
  if (tellsLoss && losesData(state, news)) return raised(heard, news, patience, now);
  const { escalateAt: _escalate, remindAt: _remind, ...unasked } = heard;
  return { state: { ...(news.page === undefined ? heard : unasked), ...pageOf(news), crossing: news } };
}

/** The instant at which something is to be done by itself. While the metric is back nobody is reminded. */
export function nextInstant({ recoverAt, escalateAt, remindAt }: AlertState): number | undefined {
  if (recoverAt !== undefined) return recoverAt;
  const instants = [escalateAt, remindAt].filter((at) => at !== undefined);
  return instants.length > 0 ? Math.min(...instants) : undefined;
}

/** What is to be done at {@link nextInstant}. */
export function onInstant(state: AlertState, patience: Patience, now: number): Turn {
  const { escalateAt, remindAt } = state;
  if (state.recoverAt !== undefined) return recovered(state, now);
  const { remindEvery } = patience(state.route);
  if (escalateAt !== undefined && (remindAt === undefined || escalateAt <= remindAt)) {
    const { escalateAt: _done, ...rest } = state;
    return { state: { ...rest, escalatedAt: now, remindAt: now + remindEvery }, tell: 'escalation' };
  }
  if (remindAt === undefined) return { state };
  const reminders = state.reminders + 1;
  return {
    state: { ...state, reminders, remindAt: now + patienceMs(reminders + 1, remindEvery) },
    tell: 'reminder',
  };
}

/** Somebody takes care of it: nobody is reminded or asked any more, unless it becomes worse. The first one counts. */
export function acknowledge(state: AlertState, by: string, now: number): Turn {
  if (state.acknowledged || state.known === undefined) return { state };
  const { escalateAt: _escalate, remindAt: _remind, ...rest } = state;
  return { state: { ...rest, acknowledged: { by, at: now } }, tell: 'acknowledged' };
}

/** Nothing is left to do but to tell it. */
export function isClosed({ closedAt }: AlertState): boolean {
  return closedAt !== undefined;
}

function opened(before: AlertState, news: Crossing, patience: Patience, now: number, openedAt = now): Turn {
  const { news: latest } = before;
  const fresh = { news: latest, openedAt, reminders: 0, route: routeOf(news.level) };
  const state = { ...fresh, ...pageOf(news), crossing: news, known: news.level };
  return { state: asks(state, patience, now), tell: 'opened' };
}

function raised(before: AlertState, news: Crossing, patience: Patience, now: number): Turn {
  const { acknowledged: _acknowledged, escalatedAt: _escalated, ...rest } = before;
  const route = routeOf(news.level);
  const lost = news.level === 'no-data';
  const known = lost ? before.known : news.level;
  const lossKnown = lost || before.lossKnown || before.known === 'no-data';
  const state = {
    ...rest,
    ...pageOf(news),
    crossing: news,
    route,
    reminders: 0,
    ...(known === undefined ? {} : { known }),
    ...(lossKnown ? { lossKnown } : {}),
  };
  return { state: asks(state, patience, now), tell: 'raised' };
}

/** Whoever has a page with others is called again by its incident: two that ask for the same answer are one too many. */
function asks(state: AlertState, patience: Patience, now: number): AlertState {
  const { escalateAfter, remindEvery } = patience(state.route);
  const { escalateAt: _before, remindAt: _reminder, ...rest } = state;
  if (state.page !== undefined) return rest;
  return {
    ...rest,
    remindAt: now + remindEvery,
    ...(escalateAfter === undefined ? {} : { escalateAt: now + escalateAfter }),
  };
}

function recovered(state: AlertState, now: number): Turn {
  const { known: _known, escalateAt: _escalate, remindAt: _remind, recoverAt: _recover, ...rest } = state;
  return { state: { ...rest, closedAt: now }, tell: 'recovered' };
}

function pageOf({ page }: LevelNews): { page?: string } {
  return page === undefined ? {} : { page };
}

function routeOf(level: Level): AlertLevel {
  return level === 'critical' ? 'critical' : 'warning';
}

function isCrossing(news: LevelNews): news is Crossing {
  return news.level !== 'recovered' && news.level !== 'unwatched';
}
