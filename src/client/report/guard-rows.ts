import { formatValue } from '../../plan/judge/format.js';
import type { GuardNews } from '../../plan/guard/state.js';
import { instantText } from '../../plan/text/spans.js';
import type { WatchedMetric } from '../../plan/watch-status.js';
import type { Units } from './build-report.js';

/** A metric under guard as a row: its name, state, since when, the last value and its instant. */
export function watchedRow({ metric, state, since, value, seenAt }: WatchedMetric, units: Units): string[] {
  const last = value === undefined ? '–' : formatValue(units[metric] ?? 'count', value);
  return [metric, state, instantText(since), last, seenAt === undefined ? '–' : instantText(seenAt)];
}

/** What a piece of news is about, and what came of it. */
export function seenRow(news: GuardNews): [string, string] {
  if (news.kind === 'metric') return [news.metric, `${news.from} → ${news.to}`];
  if (news.kind === 'cause') return [news.cause, news.holds ? 'incident' : 'over'];
  return ['guard', news.blind ? 'blind' : 'sees'];
}
