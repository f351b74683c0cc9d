import { patched, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import * as course from '../../plan/alert/course.js';
import { alertMessage, channelDownMessage, type AlertKeys } from '../../plan/alert/messages.js';
import { patienceOf } from '../../plan/alert/routing.js';
import { alertStatus } from '../../plan/alert/status.js';
import type { AlertLevel } from '../../plan/model.js';
import { alertDedupKey, remarksOf } from '../../plan/names.js';
import type { AlertInput } from '../../plan/run-input.js';
import type { Refusal } from '../../plan/run-status.js';
import { searchAttributes } from '../../plan/search-attributes.js';
import { alertDetails } from '../../plan/text/alert-details.js';
import type { LevelNews } from '../../plan/trouble.js';
import type { AlertMessageKind, AlertStatus } from '../../plan/watch-status.js';
import { Inbox } from '../messages.js';
import { Shown } from '../shown.js';
import { Post, type PostState } from './post.js';

/** What one execution of an alert hands over to the next. */
interface Handover {
  state: course.AlertState;
  post: PostState;
  refusals: Refusal[];
  /** Messages so far, which number them. */
  told: number;
  shown: string;
}

/** News cost an event of their own and a workflow task. */
const mostCost = 500;
/** To some five channels. */
const costOfMessage = 10;

/** What is told beyond the level's route: whoever heard of the alert hears how it goes on. */
const forEverybody: ReadonlySet<AlertMessageKind> = new Set(['acknowledged', 'recovered']);

/** What is known about an alert, what that makes of it, and who is told. */
export class AlertRecord {
  readonly inbox: Inbox;
  readonly post: Post;
  state: course.AlertState;
  private readonly input: AlertInput;
  private readonly shown: Shown;
  private shownKey: string;
  private told: number;
  private publishing = false;
  private cost = 0;

  constructor(input: AlertInput) {
    this.input = input;
    const before = input.state as Handover | undefined;
    this.shownKey = before?.shown ?? '';
    this.shown = new Shown(this.shownKey);
    this.told = before?.told ?? 0;
    this.inbox = new Inbox(input.environment.people, () => this.publish());
    this.inbox.refusals.push(...(before?.refusals ?? []));
    this.post = new Post(
      input,
      {
        changed: () => this.publish(),
        down: (channel, reason) => ({
          ...channelDownMessage(input, this.state, this.keys, { channel, reason }),
          at: Date.now(),
        }),
        isClosed: () => course.isClosed(this.state),
      },
      before?.post
    );
    const begun = workflowInfo().startTime.getTime();
    const first = before ?? course.openAlert(input.news, this.patience, Date.now(), begun);
    this.state = first.state;
    if ('tell' in first && first.tell) this.tell(first.tell);
    if (before && input.goesOn) this.hear(input.news);
    this.publish();
  }

  hear(news: LevelNews): void {
    this.cost += 1;
    if (news.exceptOf === this.input.run.runId) return;
    const tellsLoss = course.losesData(this.state, news) && patched('told-of-lost-data');
    this.take(course.hearNews(this.state, news, this.patience, Date.now(), { tellsLoss }));
  }

  acknowledge(by: string): void {
    this.take(course.acknowledge(this.state, by, Date.now()));
  }

  /** What was to be done at the instant for which it waited is due. */
  onInstant(): void {
    this.take(course.onInstant(this.state, this.patience, Date.now()));
  }

  /** The workflow of the run that it is of. */
  get run(): string {
    return this.input.run.workflowId;
  }

  /** The metric is back, everybody knows, and nothing is left to say. */
  get isOver(): boolean {
    return course.isClosed(this.state) && this.post.isIdle;
  }

  /** Some two thousand events, counted by what causes them: that is the same in every replay. */
  get isFull(): boolean {
    return this.cost >= mostCost;
  }

  get status(): AlertStatus {
    const { workflowId, runId } = workflowInfo();
    const { deliveries } = this.post;
    const told = { workflowId, runId, dedupKey: this.keys.alert, deliveries, refusals: this.inbox.refusals };
    return alertStatus(this.input, this.state, told);
  }

  handOver(): AlertInput {
    this.finish();
    return this.inputWith(this.shownKey);
  }

  /** For one that goes on with this one when it was ended from outside: nothing is shown of that yet. */
  get handover(): AlertInput {
    return this.inputWith('');
  }

  finish(): void {
    this.publishNow();
    this.shown.flush();
  }

  private readonly patience = (route: AlertLevel): course.AlertPatience => patienceOf(this.input, route);

  private get keys(): AlertKeys {
    const { workflowId, firstExecutionRunId } = workflowInfo();
    const alert = alertDedupKey(workflowId, this.input.run);
    // What was told before a reset is the same message after it. The beginning of a run id may be a time that two alerts share.
    return { alert, messages: `${alert}#${firstExecutionRunId.slice(-8)}` };
  }

  private inputWith(shown: string): AlertInput {
    const { goesOn: _heard, ...input } = this.input;
    const { state, told } = this;
    const handover: Handover = { state, post: this.post.handOver(), refusals: this.inbox.refusals, told, shown };
    return { ...input, state: handover };
  }

  private take({ state, tell }: course.Turn): void {
    this.state = state;
    if (tell) this.tell(tell);
    this.publish();
  }

  private tell(kind: AlertMessageKind): void {
    this.told += 1;
    this.cost += costOfMessage;
    const message = alertMessage(this.input, this.state, kind, this.keys, this.told);
    // However late a channel takes it: what has the same key must be the same.
    const notification = { ...message, at: Date.now() };
    this.post.send({ kind, notification }, this.state.route, { everybody: forEverybody.has(kind) });
  }

  /** A thousand news may come in one workflow task, which has seconds: what they changed is shown once. */
  private publish(): void {
    if (this.publishing) return;
    this.publishing = true;
    void Promise.resolve().then(() => {
      this.publishing = false;
      this.publishNow();
    });
  }

  private publishNow(): void {
    const { status } = this;
    const { run, environment } = this.input;
    setCurrentDetails(alertDetails(status, remarksOf(environment)));
    this.shownKey = status.state;
    this.shown.show(status.state, [
      { key: searchAttributes.plan, value: run.planId },
      { key: searchAttributes.environment, value: environment.id },
      { key: searchAttributes.run, value: run.runId },
      { key: searchAttributes.status, value: status.state },
    ]);
  }
}
