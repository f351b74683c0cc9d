import type { FrozenPlan } from '../plan/model.js';
import type { IncidentStatus } from '../plan/watch-status.js';
import type { MessageName } from '../plan/wire.js';
import { previewRollback, startRollback, type RollbackPreview } from './act/rollback.js';
import { runsOver, type Runs } from './receive/tell-runs.js';
import { sendMessage, type Sent } from './act/send.js';
import { refuseIfUnable, startRun } from './act/start.js';
import { openLink, type Link } from './connection/link.js';
import { readConnectionSettings, type ConnectionChoice, type ConnectionSettings } from '../connection/settings.js';
import { describeIfOf, describeRun } from './read/describe.js';
import { gatesOf } from './read/gates.js';
import { findIncident, incidentIds, readIncident, type IncidentAtWork } from './read/incidents.js';
import { idleQueues } from './read/pollers.js';
import { listAlerts, resolveAlert, type AlertList } from './read/alerts.js';
import { listRuns, type ListAnswer } from './read/list-runs.js';
import { resolveRun } from './read/resolve-run.js';
import { SnapshotReader, type Parts } from './read/snapshot-reader.js';
import type { OpenGate, RunRef, RunSnapshot } from './read/snapshot.js';
import type { Report } from './report/build-report.js';
import { WatchReader, type WatchParts } from './read/watch-parts.js';
import { watchRun, type WatchOptions } from './read/watch-run.js';

export interface ConnectOptions extends ConnectionChoice {
  /** Where TEMPORAL_* variables and the configuration file are looked up. Default: those of this process. */
  env?: NodeJS.ProcessEnv;
  /** What the server notes as the sender; nobody is authorised by it. Default: `phasegate`. */
  identity?: string;
}

/** Hundreds of documents take a second or two; more than this, and somebody waits in vain. */
const evidenceWithinMs = 20_000;
/** Where no worker answered for the run a moment ago. */
const evidenceUnlikelyWithinMs = 2_000;

/** Who says something, and why. */
export interface Saying {
  by: string;
  reason?: string;
}

/**
 * Everything that can be done with runs, as the command line does it. Every call has a deadline; whatever goes wrong is
 * a {@link PhasegateError} with a code, a place and what to do next.
 *
 * @example
 * const phasegate = await PhasegateClient.connect();
 * try {
 *   const run = await phasegate.resolveRun('last');
 *   const [gate] = await phasegate.openGates(run);
 *   if (gate) await phasegate.approve(gate, { by: 'erin' });
 * } finally {
 *   await phasegate.close();
 * }
 */
export class PhasegateClient {
  private readonly link: Link;

  /** @param link an open connection; {@link PhasegateClient.connect} makes one */
  constructor(link: Link) {
    this.link = link;
  }

  /**
   * Connects by the standard Temporal client configuration: options, TEMPORAL_* variables, profiles.
   *
   * @throws PhasegateError PG401 when the server does not answer, PG410 when the configuration cannot be used
   */
  static async connect(options: ConnectOptions = {}): Promise<PhasegateClient> {
    const settings = readConnectionSettings(options, options.env ?? process.env);
    return new PhasegateClient(await openLink(settings, options.identity ?? 'phasegate'));
  }

  /** The server that this client talks to, and who said so. */
  get server(): ConnectionSettings {
    return this.link.settings;
  }

  close(): Promise<void> {
    return this.link.close();
  }

  /**
   * @param reference a workflow id, a unique ending of one, a run id, `last`, or nothing: the only open run, else the last
   * @throws PhasegateError PG403 when there is none, PG404 when several match
   */
  resolveRun(reference?: string): Promise<RunRef> {
    return resolveRun(this.link, reference);
  }

  /** @throws PhasegateError PG117, PG201, PG202 or PG210 when it may not start, or another run stands in the way; see {@link start} */
  refuseIfUnable(frozen: FrozenPlan): Promise<void> {
    return refuseIfUnable(this.link, frozen);
  }

  /**
   * Starts a run of a frozen plan.
   *
   * @throws PhasegateError PG201 (a run of this plan is open), PG202 (locked), PG210 (the last run is not undone)
   */
  start(frozen: FrozenPlan, by: string): Promise<RunRef> {
    return startRun(this.link, frozen, by);
  }

  /**
   * Everything known about a run now; without a worker from descriptions and histories, which `noWorker` says.
   *
   * @param parts `open`: without what has ended and without the guard, which is enough to answer a gate and quicker in a long run
   */
  status(run: RunRef, parts: Parts = 'all'): Promise<RunSnapshot> {
    return new SnapshotReader(this.link, run).read(parts);
  }

  /** Reads a run and what watches over it, again and again; what cannot change any more is read once. */
  readerOf(run: RunRef): { read(): Promise<RunSnapshot>; watch(): Promise<WatchParts> } {
    const [reader, watch] = [new SnapshotReader(this.link, run), new WatchReader(this.link, run)];
    return { read: () => reader.read(), watch: () => watch.read() };
  }

  /** The task queues of an environment that no worker polls, as far as the server tells within two seconds. */
  idleQueues(environmentId: string): Promise<string[]> {
    return idleQueues(this.link, environmentId, 2_000);
  }

  /** Snapshots of a run until it, and a rollback that was started after it, has ended; the last one has an outcome. */
  watch(run: RunRef, options: WatchOptions & { rollback?: RunRef } = {}): AsyncGenerator<RunSnapshot, void> {
    return watchRun(new SnapshotReader(this.link, run, options.rollback), options);
  }

  /** Gates that wait for people, the most urgent first. */
  async openGates(run: RunRef): Promise<OpenGate[]> {
    return gatesOf(await this.status(run, 'open'));
  }

  /** Runs, newest first; with `awaiting` those that wait for this person. */
  list(options: { awaiting?: string } = {}): Promise<ListAnswer> {
    return listRuns(this.link, options);
  }

  /** Alerts that are open, newest first; of one run, or with those that are closed. */
  alerts(options: { run?: RunRef; all?: boolean } = {}): Promise<AlertList> {
    return listAlerts(this.link, options);
  }

  /**
   * @param reference run and metric, a unique ending of that, a workflow id, or nothing: the only alert that is open
   * @throws PhasegateError PG443 when there is none, PG444 when several match
   */
  resolveAlert(reference?: string): Promise<RunRef> {
    return resolveAlert(this.link, reference);
  }

  /** Says that somebody takes care of an alert. */
  acknowledge(alert: RunRef, saying: Saying): Promise<Sent> {
    return this.send(alert, 'acknowledge', { ...saying });
  }

  /**
   * What happened, for people who were not there.
   *
   * @param windows `true`: with every sample of its metric windows, read from the evidence by a worker of the run's
   *   environment; a window that cannot be read says why. It never waits long where no worker answers.
   */
  async report(run: RunRef, { windows = false }: { windows?: boolean } = {}): Promise<Report> {
    const { buildReport } = await import('./report/build-report.js');
    const snapshot = await this.status(run);
    if (!windows) return buildReport(snapshot);
    const [{ readWindows }, { readEvidence }] = await Promise.all([
      import('./report/windows.js'),
      import('./read/evidence.js'),
    ]);
    const withinMs = snapshot.noWorker === undefined ? evidenceWithinMs : evidenceUnlikelyWithinMs;
    const { id } = snapshot.frozen.environment;
    const read = await readWindows(snapshot, (refs) => readEvidence(this.link, id, refs, withinMs));
    return buildReport(snapshot, read);
  }

  /** Says yes at a gate; bound to the digest that the gate shows. */
  approve(gate: OpenGate, saying: Saying): Promise<Sent> {
    return this.answer(gate, 'approve', { ...saying, digest: gate.digest || undefined });
  }

  /** Says no at a gate; the phase is rolled back. */
  reject(gate: OpenGate, saying: Required<Saying>): Promise<Sent> {
    return this.answer(gate, 'reject', { ...saying, digest: gate.digest || undefined });
  }

  /** Answers a checklist item. */
  attest(
    gate: OpenGate,
    saying: Saying & { answer: 'done' | 'not-applicable' | 'failed'; evidence?: string }
  ): Promise<Sent> {
    const { address, workflowId, runId } = gate;
    return this.send({ workflowId, runId }, 'attest', { ...saying, item: address });
  }

  /** Answers a HOLD: try again. */
  retry(gate: OpenGate, saying: Saying): Promise<Sent> {
    return this.answer(gate, 'retry', { ...saying });
  }

  /** Answers a HOLD: pass it, on this person's authority. */
  waive(gate: OpenGate, saying: Required<Saying>): Promise<Sent> {
    return this.answer(gate, 'waive', { ...saying });
  }

  /** Says that an undo which keeps failing was done by hand. */
  takeover(gate: OpenGate, saying: Required<Saying>): Promise<Sent> {
    return this.send(gate, 'takeover', { ...saying, entry: gate.address });
  }

  pause(run: RunRef, saying: Saying): Promise<Sent> {
    return this.send(run, 'pause', { ...saying });
  }

  resume(run: RunRef, saying: Saying): Promise<Sent> {
    return this.send(run, 'resume', { ...saying });
  }

  /** What a rollback would undo, in which order, read from the histories. */
  previewRollback(run: RunRef, phases?: readonly string[]): Promise<RollbackPreview> {
    return previewRollback(this.link, run, phases);
  }

  /** Asks a running migration to take back everything, or the phase that runs. */
  rollback(run: RunRef, saying: Required<Saying> & { phase?: string }): Promise<Sent> {
    return this.send(run, 'rollback', { ...saying });
  }

  /** Starts a rollback of a run that has ended, for what no finished rollback covers. */
  rollbackEnded(run: RunRef, saying: Required<Saying>): Promise<RunRef> {
    return startRollback(this.link, run, saying.by, saying.reason);
  }

  /** Incidents of a run, and those of earlier runs of its plan that are still open, by their numbers. */
  async incidents(run: RunRef): Promise<IncidentStatus[]> {
    const { firstRunId } = await describeRun(this.link, run.workflowId, run.runId);
    const ids = await incidentIds(this.link, run.workflowId, firstRunId);
    const found = await Promise.all(ids.map((id) => describeIfOf(this.link, id)));
    const read = await Promise.all(found.flatMap((one) => (one ? [readIncident(this.link, one)] : [])));
    return read.map(({ incident }) => incident);
  }

  /**
   * @param written `incident/3` or `3`
   * @throws PhasegateError PG222 when there is none
   */
  async incident(run: RunRef, written: string): Promise<IncidentStatus> {
    return (await this.incidentAtWork(run, written)).incident;
  }

  /** The same, with the windows in which its metrics are looked at now. */
  async incidentAtWork(run: RunRef, written: string): Promise<IncidentAtWork> {
    return readIncident(this.link, await findIncident(this.link, run, written));
  }

  /**
   * The draft of an incident's post-mortem, as Markdown; a worker of the run's environment hands it over.
   *
   * @throws PhasegateError PG310 when there is none yet, or it cannot be read
   */
  async postMortemDraft(run: RunRef, incident: IncidentStatus): Promise<string> {
    const { readDraft } = await import('./read/post-mortem-draft.js');
    return readDraft(this.link, run, incident, evidenceWithinMs);
  }

  /** What a receiver of other systems' alerts says to runs; it remembers what it has said. */
  runs(): Runs {
    return runsOver(this.link);
  }

  /** Sends any message to any workflow of a run, as its open gates name it; the shortcuts above are easier to use. */
  send(to: RunRef, name: MessageName, payload: Record<string, unknown>): Promise<Sent> {
    return sendMessage(this.link, to, name, payload);
  }

  private answer(
    gate: OpenGate,
    name: 'approve' | 'reject' | 'retry' | 'waive',
    payload: Record<string, unknown>
  ): Promise<Sent> {
    return this.send(gate, name, { ...payload, gate: gate.address });
  }
}
