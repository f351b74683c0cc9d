import { WorkflowExecutionAlreadyStartedError, WorkflowIdReusePolicy } from '@temporalio/common';
import {
  CancellationScope,
  ChildWorkflowFailure,
  condition,
  defineSignal,
  log,
  ParentClosePolicy,
  patched,
  setHandler,
  startChild,
} from '@temporalio/workflow';
import type { AlertText } from '../../plan/alert-text.js';
import { rollbackLine } from '../../plan/text/command-lines.js';
import { escalationOfAlert } from '../../plan/incidents/calls.js';
import { findCause, specOf, triggerOf, troubleWords } from '../../plan/incidents/classify.js';
import { ownCriteria } from '../../plan/incidents/resolution.js';
import { isUnresolved } from '../../plan/incidents/status.js';
import { firstCalled } from '../../plan/incidents/recipients.js';
import { covers } from '../../plan/incidents/covers.js';
import { componentOf, withDependents } from '../../plan/incidents/reach.js';
import {
  holdSignal,
  incidentNewsSignal,
  incidentOrderSignal,
  readSignal,
  type IncidentOrder,
} from '../../plan/incidents/signals.js';
import { everything, isOfGuard } from '../../plan/guard/pages.js';
import { channelsOf } from '../../plan/alert/routing.js';
import type { AlertLevel, Channel, Incidents, Severity, WarRoomTrigger } from '../../plan/model.js';
import { incidentAddressOf, incidentWorkflowId, pageKey } from '../../plan/names.js';
import type { IncidentInput } from '../../plan/run-input.js';
import { searchAttributes } from '../../plan/search-attributes.js';
import type { Trouble } from '../../plan/trouble.js';
import type { IncidentSummary, TroubleSource } from '../../plan/watch-status.js';
import { handoverOf } from '../handover.js';
import type { incident } from '../incident.js';
import type { Stop } from '../phase/stop.js';
import { sliceEnvironment } from '../slice.js';
import { tellWorkflow } from '../tell-workflow.js';
import type { Ending } from './ending.js';
import type { MigrationRecord } from './record.js';
import { signalPhase, stopNow } from './stopping.js';

/** More than these at once are a storm, which helps nobody; what is graver than they are is opened all the same. */
const mostOpen = 50;

/** Of so many troubles that were heard beside an open incident is remembered that they were. */
const mostHeard = 500;

/** What opens an incident. */
export interface Alarm {
  /** The same trouble has the same key: while its incident is open, no other begins. */
  key: string;
  /** What people are paged under; absent: the incident alone. */
  page?: string | undefined;
  severity: Severity;
  title: string;
  reason: string;
  words?: AlertText | undefined;
  source: TroubleSource;
  by: string;
  cause?: string | undefined;
  metric?: string | undefined;
  phase?: string | undefined;
  customer?: boolean;
  /** Of the alert that it comes from. */
  level?: Trouble['level'];
  /** Since when it has been there, as whoever told it says. */
  at?: number;
}

interface Known extends IncidentSummary {
  alarm: Alarm;
  /** The component's phase, where people choose. */
  component?: string | undefined;
  reach: 'all' | 'component' | 'none';
  /** People choose what becomes of the run, which waits for them. */
  asks: boolean;
  /** It was ended from outside and began again: both are one incident. */
  replaced?: true;
  /** Its workflow is at work. */
  started: boolean;
  /** What opened a war room with it. */
  room?: WarRoomTrigger | undefined;
  /** What opens a war room for it when there is none any more. */
  due?: WarRoomTrigger | undefined;
  /** The troubles that joined it. */
  also: Array<Pick<Alarm, 'key' | 'page' | 'cause'> & { words: string }>;
}

/**
 * The desk for incidents of a run. It numbers them, decides what they reach and whether a war room opens, holds the run or takes it
 * back, and tells them what becomes of it. Each incident leads itself, and lives on when the run has ended.
 */
export class IncidentDesk {
  private readonly record: MigrationRecord;
  private readonly interrupt: () => void;
  private readonly known: Known[] = [];
  /** Troubles of another system that are one with an incident. */
  private readonly heard: Array<Pick<Trouble, 'dedupKey' | 'at'>> = [];
  private next = 1;
  /** Incidents that are being started, and orders under way. */
  private pending = 0;
  private rollbackTold = false;

  /** @param interrupt ends the wait for whatever the run does now */
  constructor(record: MigrationRecord, interrupt: () => void) {
    this.record = record;
    this.interrupt = interrupt;
  }

  /** Absent in plans without incidents: then nothing here ever happens. */
  get spec(): Incidents | undefined {
    return this.record.frozen.plan.incidents;
  }

  listen(): void {
    setHandler(
      defineSignal<unknown[]>(incidentNewsSignal),
      (...raw) => {
        const news = readSignal.news(raw[0]);
        if (news?.run === this.record.run.runId) this.hear(news);
        else log.warn('News of an incident could not be understood, or is about another run');
      },
      { description: 'How an incident stands; sent by the incident, not by people.' }
    );
    if (!this.spec) return;
    void CancellationScope.nonCancellable(() => this.holdPhases());
    void CancellationScope.nonCancellable(() => this.watchRollbacks());
  }

  /** The incident that is open for this trouble. */
  openFor(key: string): IncidentSummary | undefined {
    const is = (one: Pick<Alarm, 'key'>): boolean => one.key === key;
    return this.open.find(({ alarm, also }) => is(alarm) || also.some(is));
  }

  /** The incident that is open for what a person declares now; what is graver, or about another phase, is not open yet. */
  openForDeclared(now: Alarm): IncidentSummary | undefined {
    const { key, cause } = now;
    const is = (one: Pick<Alarm, 'key' | 'cause'>): boolean =>
      one.key === key || (cause !== undefined && one.cause === cause);
    const same = this.open.filter(({ alarm, also }) => is(alarm) || also.some(is));
    const enough = same.find((known) => covers({ ...known, phase: known.alarm.phase }, now));
    return enough ?? (same.length > 0 && !patched('declared-graver') ? same[0] : undefined);
  }

  /**
   * Whether the very same trouble of another system had an incident, which is over: that system repeats it for as long as it is
   * there, and a receiver that was started anew does not know whom it told.
   */
  hadIncident({ source, dedupKey, at }: Trouble): boolean {
    if (source !== 'alertmanager') return false;
    if (this.known.some(({ alarm }) => alarm.key === dedupKey && alarm.at === at)) return patched('repeated-trouble');
    const isHeard = this.heard.some((one) => one.dedupKey === dedupKey && one.at === at);
    return isHeard && patched('repeated-beside-others');
  }

  /** It is one with an incident that is open, and over with it. */
  heed({ source, dedupKey, at }: Trouble): void {
    if (source !== 'alertmanager' || this.heard.some((one) => one.dedupKey === dedupKey && one.at === at)) return;
    this.heard.push({ dedupKey, at });
    if (this.heard.length > mostHeard) this.heard.shift();
  }

  /**
   * Adds a trouble of the guard, whoever tells it, to the incident that takes everything back, since nothing more can be done
   * for it: ten metrics that become critical together are one incident. Else to the one that somebody declared for its cause.
   * False when there is none.
   *
   * @param page what the guard's alert calls people under: the guard does not know what people declared
   */
  join(trouble: Trouble, page: string | undefined): boolean {
    const { dedupKey: key, cause } = trouble;
    const known = (isOfGuard(trouble) ? this.lead : undefined) ?? this.declaredFor(trouble);
    if (!known || known.also.length >= mostOpen) return false;
    this.add(known, { key, page, cause, words: troubleWords(trouble) });
    return true;
  }

  /** People's words have a key of their own; the cause says that it is the same. */
  private declaredFor(trouble: Trouble): Known | undefined {
    const { cause } = trouble;
    if (cause === undefined) return undefined;
    // The guard's alert calls under the page of this trouble, which somebody must end.
    const isPaged = ({ page }: Alarm): boolean => !isOfGuard(trouble) || page !== undefined;
    const known = this.open.find(({ alarm }) => alarm.source === 'person' && alarm.cause === cause && isPaged(alarm));
    return known && patched('one-incident-of-a-cause') ? known : undefined;
  }

  /** The first one that takes everything back. */
  private get lead(): Known | undefined {
    return this.open.find(({ reach }) => reach === 'all');
  }

  private add(lead: Known, also: Known['also'][number]): void {
    const { cause, page, words } = also;
    lead.also.push(also);
    this.order(lead, {
      kind: 'also',
      trouble: words,
      ...(cause === undefined ? {} : { cause }),
      ...(page === undefined || page === lead.alarm.page ? {} : { page: pageKey(this.record.run, page) }),
    });
  }

  /**
   * A customer escalates what is open already: that opens its war room, or the next one.
   *
   * @returns what becomes of it; undefined: nothing new
   */
  escalate(number: number): string | undefined {
    const trigger = 'customer-escalation';
    const known = this.open.find((one) => one.number === number);
    if (!known || known.warRoom || known.due || !this.spec?.warRoom?.triggers.includes(trigger)) return undefined;
    if (!patched('customer-of-open-incident')) return undefined;
    known.due = trigger;
    // One that is ended from outside goes on as that.
    known.alarm = { ...known.alarm, customer: true };
    const other = this.open.find(({ warRoom }) => warRoom);
    if (other) return `its war room opens when the one of ${incidentAddressOf(other.number)} is over`;
    this.openRoom(known, trigger);
    this.publish();
    return 'its war room opens, since a customer escalates';
  }

  isFull(severity: Severity): boolean {
    return this.open.filter((one) => one.severity <= severity).length >= mostOpen;
  }

  /**
   * Opens an incident: what makes production safe goes first. Resolves when it is at work.
   *
   * @throws nothing: a trouble that cannot have an incident of its own is logged, and is acted on all the same
   */
  async raise(alarm: Alarm): Promise<IncidentSummary | undefined> {
    const { spec, record } = this;
    if (!spec) return undefined;
    const late = record.isClosing;
    const reach = late ? 'none' : (specOf(spec, alarm.severity)?.reach ?? 'none');
    const known = this.isFull(alarm.severity) ? undefined : this.enter(late ? this.afterTheEnd(alarm) : alarm, reach);
    if (reach === 'all') {
      const reason = `severity ${alarm.severity}: ${troubleWords(alarm)}`;
      await stopNow(record, { reason, reach }, this.interrupt);
    }
    if (known) return this.begin(known);
    log.error('Too many incidents are open: no other was opened', { title: alarm.title, reason: alarm.reason });
    return undefined;
  }

  /** The run was over in that moment: only a person can take it back now. */
  private afterTheEnd(alarm: Alarm): Alarm {
    const reason = `${alarm.reason}; the run was just ending and takes nothing back for it: ${rollbackLine(this.record.run.workflowId)}`;
    return { ...alarm, reason };
  }

  /** Why a person may take a completed phase back: it is the component of an incident that waits for a choice. */
  componentStop(phase: string, by: string, reason: string): Stop | undefined {
    if (!this.components.includes(phase)) return undefined;
    const { phases } = this.record.frozen.plan;
    return { reason: `${by} asked for it: ${reason}`, reach: 'phase', phases: withDependents(phases, phase), by };
  }

  /** Components of incidents that people may take back. */
  get components(): string[] {
    return this.open.flatMap(({ component, asks }) => (asks && component !== undefined ? [component] : []));
  }

  /** The run is over: tells the incidents what became of it. Call it in a scope that cancellation does not reach. */
  async close({ kind, reason }: Ending): Promise<void> {
    if (!this.spec) return;
    if (this.record.takesBack) this.rollbackBegan();
    await condition(() => this.pending === 0);
    const state = kind === 'rolled-back-not-verified' ? 'not verified' : 'verified';
    const safeAt = this.record.undoneAt;
    for (const one of this.open) {
      const concerned = this.rollbackTold ? one.reach !== 'none' : one.reach === 'all';
      if (kind === 'completed' || !concerned) continue;
      this.order(one, { ...this.rollbackOrder, state, reason, ...(safeAt === undefined ? {} : { safeAt }) });
    }
    await condition(() => this.pending === 0);
  }

  private get open(): Known[] {
    return this.known.filter(isUnresolved);
  }

  /** From now on it is known, so that the same trouble opens no other. */
  private enter(alarm: Alarm, reach: Known['reach'], rollback = false): Known {
    const { record } = this;
    const { plan } = record.frozen;
    const spec = this.spec as Incidents;
    const openedAt = Date.now();
    const counted = this.known.filter(({ replaced }) => !replaced);
    const others = counted.map((one) => {
      return { severity: one.severity, openedAt: one.openedAt, open: this.open.includes(one) };
    });
    const now = { severity: alarm.severity, openedAt, open: true, customer: alarm.customer === true, rollback };
    // One room at a time: who is in one is not called into another.
    const free = !this.open.some(({ warRoom }) => warRoom);
    const room = free ? triggerOf(spec, now, others) : undefined;
    // Nothing that the run does may hang on its clock (decision 009): of a room that opens by the time between two
    // incidents the run hears from the incident itself.
    const due = triggerOf(
      spec,
      now,
      others.filter((one) => one.open)
    );
    const page = alarm.page ?? (reach === 'all' && !this.lead ? everything : undefined);
    const ofCause = alarm.cause === undefined ? undefined : findCause(spec, alarm.cause)?.cause.phase;
    const { phase, metric } = alarm;
    const component =
      reach === 'component' ? componentOf(plan.phases, this.begun, { phase, ofCause, metric }) : alarm.phase;
    const known: Known = {
      workflowId: '',
      number: 0,
      severity: alarm.severity,
      title: alarm.title,
      openedAt,
      state: 'open',
      warRoom: free && due !== undefined,
      alarm: { ...alarm, page },
      component,
      reach,
      // A run that goes back already needs nobody's choice.
      asks: reach === 'component' && !record.goesBack,
      started: false,
      room,
      due,
      also: [],
    };
    this.known.push(known);
    this.pending += 1;
    this.renumber(known);
    return known;
  }

  /** By which an incident calls people: those of an alert as grave, and those of everything else. */
  private channels(route: AlertLevel): Channel[] {
    const { plan, environment } = this.record.frozen;
    const { alerts } = plan;
    const { channels } = channelsOf({ ...(alerts ? { alerts } : {}), environment }, route);
    return [...new Map([...environment.notify, ...channels].map((channel) => [channel.name, channel])).values()];
  }

  private firstCalled({ severity, component }: Known): string[] {
    const { run, frozen } = this.record;
    const { alerts, phases } = frozen.plan;
    const phase = phases.find(({ id }) => id === component);
    return firstCalled(frozen.environment, { severity, alerts, phase, startedBy: run.startedBy });
  }

  private get begun(): string[] {
    return this.record.phases.flatMap(({ id, startedAt }) => (startedAt === undefined ? [] : [id]));
  }

  private async begin(known: Known, predecessor?: IncidentInput['predecessor']): Promise<Known> {
    const { record } = this;
    const { alarm, component, reach, asks, room } = known;
    const { plan, environment } = record.frozen;
    const { metrics } = plan.rollback;
    const when = this.spec && alarm.cause !== undefined ? findCause(this.spec, alarm.cause)?.cause.when : undefined;
    // What nobody can measure here would never let it be resolved.
    const own = ownCriteria(plan, { metric: alarm.metric, when }, record.baseline).filter(({ metric }) =>
      Object.hasOwn(environment.metrics.bindings, metric)
    );
    const sooner = escalationOfAlert({ alerts: plan.alerts, incidents: this.spec as Incidents }, alarm);
    const names = [...new Set([...metrics, ...[...plan.rollback.window.criteria, ...own].map(({ metric }) => metric)])];
    const people = environment.people.map(({ name }) => name);
    const notify = this.channels(alarm.severity === 3 ? 'warning' : 'critical');
    const roomChannels = this.channels('critical').filter(({ name }) => !notify.some((one) => one.name === name));
    const input: Omit<IncidentInput, 'number'> = {
      schemaVersion: 1,
      run: record.run,
      severity: alarm.severity,
      title: alarm.title,
      ...(alarm.cause === undefined ? {} : { cause: alarm.cause }),
      reason: alarm.reason,
      ...(alarm.words ? { words: alarm.words } : {}),
      source: alarm.source,
      openedBy: alarm.by,
      ...(alarm.metric === undefined ? {} : { metric: alarm.metric }),
      ...(component === undefined ? {} : { phase: component }),
      incidents: this.spec as Incidents,
      ...(room ? { warRoom: room } : {}),
      ...(reach === 'all' || (reach === 'component' && asks) ? { reach } : {}),
      ...(sooner ? { alert: sooner } : {}),
      firstCalled: this.firstCalled(known),
      begun: this.begun,
      ...(predecessor ? { predecessor } : {}),
      rollback: plan.rollback,
      ...(own.length > 0 ? { ownCriteria: own } : {}),
      environment: {
        ...sliceEnvironment(environment, { metrics: names, alerts: true, people }),
        notify,
      },
      ...(roomChannels.length > 0 ? { roomChannels } : {}),
    };
    await CancellationScope.nonCancellable(() => this.start(known, input));
    known.started = true;
    this.pending -= 1;
    this.publish();
    return known;
  }

  /** Numbers of an earlier run's incidents are passed over: their ids are taken. */
  private async start(known: Known, input: Omit<IncidentInput, 'number'>): Promise<void> {
    const { record } = this;
    for (;;) {
      try {
        const child = await startChild<typeof incident>('incident', {
          workflowId: known.workflowId,
          // A number is used once: what an earlier run's incident came to must not be lost behind it.
          workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
          args: [
            {
              ...input,
              number: known.number,
              page: pageKey(record.run, known.alarm.page ?? incidentAddressOf(known.number)),
            },
          ],
          parentClosePolicy: ParentClosePolicy.ABANDON,
          staticSummary: `Severity ${known.severity}: ${known.title}`.slice(0, 180),
          typedSearchAttributes: [
            { key: searchAttributes.plan, value: record.run.planId },
            { key: searchAttributes.environment, value: record.frozen.environment.id },
            { key: searchAttributes.run, value: record.run.runId },
            { key: searchAttributes.status, value: 'open' },
          ],
        });
        void child.result().then(
          () => this.ended(known),
          (error: unknown) => this.lost(known, error)
        );
        return;
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        this.renumber(known);
      }
    }
  }

  private renumber(known: Known): void {
    known.number = this.next++;
    known.workflowId = incidentWorkflowId(this.record.run.workflowId, known.number);
    this.publish();
  }

  private hear({ number, state, warRoom }: { number: number; state: Known['state']; warRoom: boolean }): void {
    const known = this.known.find((one) => one.number === number);
    if (!known) return;
    const before = this.open.includes(known);
    Object.assign(known, { state, warRoom });
    if (before && !this.open.includes(known)) this.settle(known);
    this.publish();
  }

  /** It is resolved: the room it had may be needed by another. */
  private settle({ warRoom }: Known): void {
    if (!warRoom || this.open.some((one) => one.warRoom)) return;
    const other = this.open.find(({ due }) => due !== undefined);
    if (other?.due) this.openRoom(other, other.due);
  }

  private openRoom(known: Known, trigger: WarRoomTrigger): void {
    known.warRoom = true;
    this.order(known, { kind: 'war-room', trigger });
  }

  private ended(known: Known): void {
    known.state = 'closed';
    this.publish();
  }

  /** Somebody ended an incident from outside. One that was not resolved begins again: nobody may end a hold that way. */
  private lost(known: Known, error: unknown): void {
    if (!(error instanceof ChildWorkflowFailure)) throw error;
    const wasOpen = this.open.includes(known);
    this.ended(known);
    if (!wasOpen || this.record.isClosing) return;
    known.replaced = true;
    const { alarm, reach, number, also } = known;
    const reason = `${alarm.reason} (${incidentAddressOf(number)} was ended from outside)`;
    const page = alarm.page ?? incidentAddressOf(number);
    const again = this.enter({ ...alarm, page, reason }, reach);
    for (const one of also) this.add(again, one);
    void this.goOn(again, known);
  }

  /** With whatever was said and done in the one that was ended, as far as that can be read. */
  private async goOn(again: Known, { workflowId, number }: Known): Promise<void> {
    const before = patched('incident-goes-on')
      ? await handoverOf<IncidentInput>(workflowId, this.record.run.runId)
      : undefined;
    await this.begin(again, before?.state && { number, state: before.state });
  }

  private order(known: Known, order: IncidentOrder): void {
    this.pending += 1;
    void CancellationScope.nonCancellable(async () => {
      await condition(() => known.started);
      const incident = known.workflowId;
      const reason = await tellWorkflow({ workflowId: incident }, incidentOrderSignal, order);
      if (reason !== undefined) log.warn('An incident did not hear of the run', { incident, reason });
      this.pending -= 1;
    });
  }

  private publish(): void {
    const { record } = this;
    record.incidents = this.known.map(({ workflowId, number, severity, title, openedAt, state, warRoom }) => {
      return { workflowId, number, severity, title, openedAt, state, warRoom };
    });
    const holder = record.goesBack ? undefined : this.open.find(({ asks }) => asks);
    record.held = holder && { by: incidentAddressOf(holder.number), reason: holder.title, at: holder.openedAt };
    record.publish();
  }

  /** Hands the hold on to the phase under way, and its end; one after the other, so that none overtakes the other. */
  private async holdPhases(): Promise<never> {
    let told = '';
    const wanted = (): string => JSON.stringify(this.record.held ?? '');
    told = wanted();
    for (;;) {
      await condition(() => wanted() !== told);
      told = wanted();
      const { held } = this.record;
      await signalPhase(this.record, holdSignal, held ? { held } : {});
    }
  }

  private async watchRollbacks(): Promise<void> {
    await condition(() => this.record.takesBack);
    this.rollbackBegan();
  }

  /** Whatever began it: those incidents that it is for hear of it, or one is opened for it, with a war room. */
  private rollbackBegan(): void {
    const { spec } = this;
    if (!spec || this.rollbackTold) return;
    this.rollbackTold = true;
    const concerned = this.open.filter(({ reach }) => reach !== 'none');
    for (const one of concerned) this.tellRollback(one);
    if (!spec.warRoom?.triggers.includes('rollback') || concerned.some(({ warRoom }) => warRoom)) return;
    const [first] = concerned;
    const isTaken = this.open.some(({ warRoom }) => warRoom);
    // In earlier builds the room of one that the rollback is not about kept it from having an incident.
    if (isTaken && !patched('rollback-beside-a-room')) return;
    if (first) {
      if (isTaken) first.due ??= 'rollback';
      else this.openRoom(first, 'rollback');
      return;
    }
    const { reason, what } = this.rollbackWords();
    const alarm: Alarm = {
      key: 'rollback',
      severity: 2,
      title: `Rollback of ${what}`,
      reason,
      source: 'rollback',
      by: 'the run',
    };
    void this.begin(this.enter(alarm, 'component', true)).then((begun) => this.tellRollback(begun));
  }

  private tellRollback(known: Known): void {
    this.order(known, { ...this.rollbackOrder, state: 'running', reason: this.rollbackWords().reason });
  }

  private get rollbackOrder(): { kind: 'rollback'; reach: 'all' | 'component'; by?: string } {
    const { reach, by } = this.record.stop ?? {};
    return { kind: 'rollback', reach: reach === 'all' ? 'all' : 'component', ...(by === undefined ? {} : { by }) };
  }

  private rollbackWords(): { reason: string; what: string } {
    const { stop, active, phases } = this.record;
    const back = phases.findLast(({ state }) => state.startsWith('rolled back') || state === 'NOT rolled back');
    const reason = stop?.reason ?? back?.reason ?? active?.now?.sentence ?? 'a step of it failed';
    const what = stop?.reach === 'all' ? 'everything' : (active?.id ?? back?.id ?? 'the run');
    return { reason: reason.slice(0, 4000).replace(/\.$/, ''), what };
  }
}
