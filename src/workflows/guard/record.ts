import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { WatchMetricsResult } from '../../activities/contract.js';
import { takesAllBack } from '../../plan/guard/pages.js';
import { freshGuard, guardStatus, type GuardCarried } from '../../plan/guard/status.js';
import { remarksOf } from '../../plan/names.js';
import type { GuardInput } from '../../plan/run-input.js';
import { guardDetails } from '../../plan/text/guard-details.js';
import type { EvidenceRef } from '../../plan/run-facts.js';
import type { GuardStatus } from '../../plan/watch-status.js';

/** What a guard knows, and hands over. It only records; the guard decides. */
export class GuardRecord {
  carried: GuardCarried;
  private readonly input: GuardInput;
  private endedAt: number | undefined;

  constructor(input: GuardInput) {
    this.input = input;
    // Only an execution of this workflow hands anything over, in the shape that it reads.
    this.carried = (input.state as GuardCarried | undefined) ?? freshGuard(input, Date.now());
    this.publish();
  }

  /** Somebody has looked. */
  saw({ state, news }: Pick<WatchMetricsResult, 'state' | 'news'>): void {
    const { unwatched: _over, ...carried } = this.carried;
    const isGrave = carried.takesAllBack === true || takesAllBack(this.input, state);
    const grave = isGrave ? { takesAllBack: true as const } : {};
    this.change({ ...carried, ...grave, watch: state, news: [...carried.news, ...news] });
  }

  /** Nobody could look. */
  lost(reason: string, since: number): void {
    this.change({ ...this.carried, unwatched: { since, reason } });
  }

  /** The run could not be told of trouble. */
  unheard(): void {
    this.change({ ...this.carried, unheard: true });
  }

  /** An alert is open from here on, or it is not. */
  alert(key: string, open: boolean): void {
    const { alerts, ours = [] } = this.carried;
    const others = alerts.filter((one) => one !== key);
    if (!open) return this.change({ ...this.carried, alerts: others });
    this.change({ ...this.carried, alerts: [...others, key], ours: [...new Set([...ours, key])] });
  }

  /** What it saw is evidence by now; the status keeps the last part of it. */
  stored(ref: EvidenceRef): void {
    const news = this.endedAt === undefined ? [] : this.carried.news;
    this.change({ ...this.carried, news, stored: [...this.carried.stored, ref] });
  }

  end(): void {
    this.endedAt = Date.now();
    this.publish();
  }

  get status(): GuardStatus {
    const { workflowId, runId } = workflowInfo();
    const { endedAt } = this;
    return guardStatus(this.input, this.carried, { workflowId, runId, ...(endedAt === undefined ? {} : { endedAt }) });
  }

  private change(carried: GuardCarried): void {
    this.carried = carried;
    this.publish();
  }

  /** Shows the present state in the Temporal UI. */
  private publish(): void {
    const { run, environment } = this.input;
    setCurrentDetails(guardDetails(this.status, run.planTitle, remarksOf(environment)));
  }
}
