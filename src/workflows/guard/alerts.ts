import { log, patched } from '@temporalio/workflow';
import { factsOfNews } from '../../plan/alert-text.js';
import { pageOfAlert } from '../../plan/guard/pages.js';
import { guardKey } from '../../plan/guard/status.js';
import { isAlerting, toldState, type GuardNews } from '../../plan/guard/state.js';
import { lastSampleAt } from '../../plan/guard/watch.js';
import { worseThanWarning } from '../../plan/incidents/classify.js';
import { pageKey } from '../../plan/names.js';
import type { AlertInput, GuardInput } from '../../plan/run-input.js';
import type { LevelNews } from '../../plan/trouble.js';
import { sliceEnvironment } from '../slice.js';
import { endAlert } from './end-alert.js';
import type { GuardRecord } from './record.js';
import { startAlert } from './start-alert.js';
import { tellAlert } from './tell-alert.js';

/** An alert may close in the very moment in which it is told something. */
const mostTries = 3;

/** The alerts of a guard: one workflow for each metric, from its first news until it is back. */
export class GuardAlerts {
  private readonly input: GuardInput;
  private readonly record: GuardRecord;

  constructor(input: GuardInput, record: GuardRecord) {
    this.input = input;
    this.record = record;
  }

  /** Tells each alert what is new of its metric; the latest counts. */
  async tell(news: readonly GuardNews[]): Promise<void> {
    const latest = new Map(news.flatMap((one) => levelOf(one)));
    await Promise.all(
      [...latest].map(([key, level]) => this.send(key, this.withPage(key, this.withFacts(key, level))))
    );
  }

  /** Nobody watches any more: what is open would wait for ever. */
  async leave(): Promise<void> {
    const level: LevelNews = { level: 'unwatched', reason: 'the run is no longer watched', at: Date.now() };
    await Promise.all(this.record.carried.alerts.map((key) => this.send(key, level)));
  }

  /** Those of a guard that was lost, whose metrics are well by now; one that is not has news of its own. */
  async settle(): Promise<void> {
    const { watch, alerts } = this.record.carried;
    const { guard } = this.input;
    const isBad = (key: string): boolean => {
      const found = watch?.metrics[key];
      return key === guardKey ? (watch?.blind.rank ?? 1) > 0 : found === undefined || isAlerting(toldState(found));
    };
    const level = { level: 'recovered', reason: 'it is well after the guard began anew' } as const;
    // Samples are there later than they were due: by the clock, the next bad news of the metric would be older than this.
    const at = (key: string): number => (key === guardKey || !watch ? Date.now() : lastSampleAt(guard, watch));
    await Promise.all(alerts.filter((key) => !isBad(key)).map((key) => this.send(key, { ...level, at: at(key) })));
  }

  /** What the words of an alert are filled with, beside what the environment binds as context. */
  private withFacts(key: string, news: LevelNews): LevelNews {
    const { metrics, environment } = this.input;
    const metric = metrics.find(({ name }) => name === key);
    const { level } = news;
    if (!metric || level === 'recovered' || level === 'unwatched') return news;
    return { ...news, context: factsOfNews(metric, { ...news, level }, environment.metrics.bindings) };
  }

  /** With whatever else people are called for it. */
  private withPage(key: string, news: LevelNews): LevelNews {
    if (news.level !== 'critical' || this.record.carried.unheard) return news;
    const page = pageOfAlert(this.input, this.record.carried, key);
    return page === undefined ? news : { ...news, page: pageKey(this.input.run, page) };
  }

  private async send(key: string, news: LevelNews): Promise<void> {
    if (news.level === 'recovered' || news.level === 'unwatched') {
      if (this.record.carried.alerts.includes(key)) await endAlert(this.input.run, key, news);
      this.record.alert(key, false);
      return;
    }
    for (let tries = 0; tries < mostTries; tries += 1) {
      const open = this.record.carried.alerts.includes(key);
      if (
        (open && (await this.signal(key, news))) ||
        (await this.start(key, news)) ||
        (await this.signalThere(key, news))
      ) {
        this.record.alert(key, true);
        return;
      }
    }
    log.error('An alert could neither be started nor told', { key, level: news.level });
  }

  private signal(key: string, news: LevelNews): Promise<boolean> {
    return tellAlert(this.input.run, key, news);
  }

  /** What people know of one that an earlier run left open is not known of this run: that one is over first. */
  private signalThere(key: string, news: LevelNews): Promise<boolean> {
    const { alerts, ours = [] } = this.record.carried;
    if ([...alerts, ...ours].includes(key) || !patched('ends-that-of-another-run')) return this.signal(key, news);
    const [{ at }, exceptOf] = [news, this.input.run.runId];
    const over = { level: 'unwatched', reason: 'another run of the plan is watched', at, exceptOf } as const;
    return this.signal(key, over).then(() => this.signal(key, news));
  }

  /** False when one is open, as of an earlier guard: that one is told. */
  private start(key: string, news: LevelNews): Promise<boolean> {
    return startAlert(alertOf(this.input, key, news));
  }
}

/** How a guard, or who speaks for one that is lost, begins an alert: `key` is that of a metric, or the guard's own. */
export function alertOf(
  { run, metrics, alerts, incidents, environment }: GuardInput,
  key: string,
  news: LevelNews
): AlertInput {
  const metric = metrics.find(({ name }) => name === key);
  const worse = incidents && worseThanWarning(incidents, key);
  const people = environment.people.map(({ name }) => name);
  return {
    schemaVersion: 1,
    run,
    key,
    metric: key,
    news,
    ...(alerts ? { alerts } : {}),
    description: metric?.description ?? 'The watch over the metrics of this run',
    ...(worse ? { worse } : {}),
    reportsMissing: true,
    ...(metric?.impact === undefined ? {} : { impact: metric.impact }),
    environment: sliceEnvironment(environment, { notify: true, alerts: true, people }),
  };
}

/** What an alert hears of a piece of news, with the alert's key; that a metric only misses its target alerts nobody. */
function levelOf(news: GuardNews): Array<[string, LevelNews]> {
  if (news.kind === 'cause') return [];
  const { at, reason } = news;
  // What was missed is looked at later, so its samples may be older than that nobody looked: that alert counts by when it is told.
  if (news.kind === 'blind')
    return [[guardKey, { level: news.blind ? 'no-data' : 'recovered', reason, at: Date.now() }]];
  const { metric, from, to, value, context, grown } = news;
  const seen = { ...(value === undefined ? {} : { value }), ...(context ? { context } : {}) };
  const facts = { reason, at, ...seen, ...(grown ? { grown } : {}) };
  if (to === 'warning' || to === 'critical' || to === 'no-data') return [[metric, { level: to, ...facts }]];
  return isAlerting(from) ? [[metric, { level: 'recovered', ...facts }]] : [];
}
