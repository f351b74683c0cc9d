import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import {
  freshIncident,
  isResolved,
  longer,
  openWarRoom,
  stateOf,
  tickOff,
  type IncidentState,
} from '../../plan/incidents/course.js';
import { knowing } from '../../plan/incidents/recipients.js';
import { debtOf, incidentStatus, nextSentence, sentenceAt } from '../../plan/incidents/status.js';
import type { IncidentNews } from '../../plan/incidents/signals.js';
import type { StepProof, WarRoomTrigger } from '../../plan/model.js';
import { remarksOf } from '../../plan/names.js';
import type { IncidentInput } from '../../plan/run-input.js';
import { awaitingPair, searchAttributes } from '../../plan/search-attributes.js';
import { incidentDetails } from '../../plan/text/incident-details.js';
import type { IncidentStatus } from '../../plan/watch-status.js';
import { Inbox } from '../messages.js';
import { Shown } from '../shown.js';

/** Status updates that a status shows: the latest ones. */
const mostUpdates = 50;

/** What is known about an incident: it only records, as plain data that the next execution goes on with. */
export class IncidentRecord {
  readonly inbox: Inbox;
  readonly state: IncidentState;
  private readonly input: IncidentInput;
  private readonly shown: Shown;

  constructor(input: IncidentInput) {
    this.input = input;
    this.inbox = new Inbox(input.environment.people, () => this.publish());
    this.state = input.state ?? freshIncident(input, Date.now());
    this.inbox.refusals.push(...this.state.refusals);
    // Those of the execution before go on with this one.
    this.shown = new Shown(input.state ? this.key : '');
    this.publish();
  }

  /** What people did or saw belongs to the story, in its order. */
  tell(text: string): void {
    this.state.timeline = longer(this.state.timeline, { at: Date.now(), text });
    this.publish();
  }

  get knowing(): string[] {
    return knowing(this.input, this.state);
  }

  get isResolved(): boolean {
    return isResolved(this.state);
  }

  /** Steps of the procedure that are done by this. */
  prove(proof: StepProof, by: string): void {
    for (const title of tickOff(this.input, this.state, proof, { by, at: Date.now() }))
      this.tell(`${by} did "${title}"`);
  }

  openRoom(trigger: WarRoomTrigger): void {
    openWarRoom(this.input, this.state, trigger, Date.now());
    this.publish();
  }

  addUpdate(text: string, by?: string): void {
    const { updates } = this.state;
    updates.push({ at: Date.now(), ...(by === undefined ? {} : { by }), text });
    if (updates.length > mostUpdates) updates.shift();
    this.publish();
  }

  /** For the run, which needs to know no more. */
  get news(): IncidentNews {
    const { number, run } = this.input;
    return { run: run.runId, number, state: stateOf(this.state), warRoom: this.state.warRoom !== undefined };
  }

  get status(): IncidentStatus {
    const { workflowId, runId } = workflowInfo();
    this.state.refusals = this.inbox.refusals;
    return incidentStatus(this.input, this.state, { workflowId, runId });
  }

  /** How it stands, for whoever is told now. */
  get sentence(): string {
    return sentenceAt(this.input, this.state, Date.now());
  }

  /** The same without what it is about. */
  get next(): string {
    return nextSentence(this.input, this.state, Date.now());
  }

  handedOver(): IncidentInput {
    this.shown.flush();
    return this.handover;
  }

  /** What its next execution goes on with, or the incident that does when this one was ended from outside. */
  get handover(): IncidentInput {
    const { predecessor: _inState, ...input } = this.input;
    return { ...input, state: { ...this.state, refusals: this.inbox.refusals } };
  }

  flush(): void {
    this.shown.flush();
  }

  publish(): void {
    setCurrentDetails(incidentDetails(this.status, this.input.incidents, remarksOf(this.input.environment)));
    const debt = debtOf(this.input, this.state);
    this.shown.show(this.key, [
      { key: searchAttributes.status, value: stateOf(this.state) },
      awaitingPair(debt?.people ?? []),
      { key: searchAttributes.deadline, value: debt?.until === undefined ? null : new Date(debt.until) },
    ]);
  }

  private get key(): string {
    const debt = debtOf(this.input, this.state);
    return JSON.stringify([stateOf(this.state), debt?.people, debt?.until]);
  }
}
