import type { PhaseStatus, RollbackStatus, RunStatus, StepRecord } from '../../plan/run-status.js';
import { mattersNow, type GuardNews } from '../../plan/guard/state.js';
import type { MetricState } from '../../plan/watch-status.js';
import type { Decision } from '../../plan/quorum.js';
import { outcomeWords, verificationWords } from '../../plan/outcome.js';
import { awaited } from '../../plan/text/sentences.js';
import type { IncidentStatus } from '../../plan/watch-status.js';
import type { AnyState } from '../render/states.js';
import type { RunSnapshot } from '../read/snapshot.js';

/** Something that happened in a run, with a key that stays the same whenever it is derived again. */
export interface RunEvent {
  key: string;
  /** Epoch ms. */
  at: number;
  /** Address, phase id or rollback that it is about. */
  about: string;
  state: AnyState;
  text: string;
}

/**
 * Everything that happened, in order, derived from statuses: the report's timeline, the live view's last lines and the
 * plain view's lines are all this list. What was seen before is told by the key.
 */
export function timeline(snapshot: RunSnapshot): RunEvent[] {
  const { run, phases, rollbacks, cleanup, incidents = [], guard } = snapshot;
  const story = [
    ...runEvents(run),
    ...[...phases, ...(cleanup ? [cleanup] : [])].flatMap((phase) => phaseEvents(phase, run)),
    ...rollbacks.flatMap(rollbackEvents),
    ...incidents.flatMap(incidentEvents),
    ...(guard?.news ?? []).flatMap(guardEvents),
    ...endEvents(run),
  ];
  return story
    .toSorted((a, b) => a.at - b.at)
    .filter((event, index, all) => all.findIndex((one) => one.key === event.key) === index);
}

/** What a workflow of a run is called in its timeline: `1a`, `rollback/1a`, `run`. */
export function partOf(workflowId: string): string {
  const [, phase, rollback] = /\/(?:phase\/([^/]+)|(rollback\/[^/]+|incident\/\d+|cleanup))$/.exec(workflowId) ?? [];
  return phase ?? rollback ?? 'run';
}

/** What happened in an incident, in its own words. */
function incidentEvents({ timeline: told, refusals, workflowId }: IncidentStatus): RunEvent[] {
  const about = partOf(workflowId);
  const events = told.map(({ at, text }, index): RunEvent => {
    return { key: `${about}:${at}:${index}`, at, about, state: 'incident', text };
  });
  return [...events, ...refusalEvents({ phase: about, refusals })];
}

function runEvents(run: RunStatus): RunEvent[] {
  const about = 'run';
  const events: RunEvent[] = [
    { key: 'run:started', at: run.startedAt, about, state: 'running', text: `started by ${run.startedBy}` },
    ...refusalEvents(run),
  ];
  if (run.paused) events.push(pauseEvent(about, run.paused));
  return events;
}

function endEvents({ outcome }: RunStatus): RunEvent[] {
  if (!outcome) return [];
  const state = outcome.kind === 'completed' || outcome.kind === 'failed' ? outcome.kind : 'rolled back';
  const text = `${outcomeWords(outcome.kind)}: ${outcome.reason}`;
  return [{ key: `run:${outcome.kind}`, at: outcome.endedAt, about: 'run', state, text }];
}

function phaseEvents(phase: PhaseStatus, run: RunStatus): RunEvent[] {
  const about = phase.phase;
  const events: RunEvent[] = [
    { key: `${about}:started`, at: phase.startedAt, about, state: 'running', text: `${phase.title}: started` },
    ...phase.decisions.map(decisionEvent),
    ...phase.steps.flatMap(stepEvents).filter((event) => event.state !== 'waived'),
    ...refusalEvents(phase),
  ];
  for (const gate of phase.gates) {
    const { address, title } = gate;
    const held = gate.kind === 'hold';
    events.push({
      key: `${address}:${held ? 'on hold' : 'asked'}:${gate.openedAt}`,
      at: gate.openedAt,
      about: address,
      state: held ? 'on hold' : 'waiting',
      text: held ? `${title}: ${gate.reason}` : `${title}: waiting for ${awaited(gate)}`,
    });
  }
  for (const { address, by, reason, at } of phase.waivers) {
    events.push({ key: `${address}:waived`, at, about: address, state: 'waived', text: `waived by ${by}: ${reason}` });
  }
  // A pause is the run's, handed on to the phase.
  if (phase.paused && !run.paused) events.push(pauseEvent(about, phase.paused));
  if (phase.endedAt !== undefined) {
    events.push({
      key: `${about}:ended`,
      at: phase.endedAt,
      about,
      state: phase.state,
      text: `${phase.title}: ${phase.state}`,
    });
  }
  return events;
}

/** Before the end of the gate that it decides: both have the same instant. */
function decisionEvent(made: Decision): RunEvent {
  const why = made.reason === undefined ? '' : `: ${made.reason}`;
  return {
    key: `${made.gate}:${made.decision}:${made.by}`,
    at: made.at,
    about: made.gate,
    state: made.decision === 'approve' ? 'passed' : 'failed',
    text: `${made.by} ${made.decision === 'approve' ? 'approved' : 'rejected'}${why}`,
  };
}

/** Kinds of which the gate tells when it opens; everything else begins by running. */
const asking: ReadonlySet<string> = new Set(['approval', 'attest', 'task', 'kpi', 'remove-flags']);

function stepEvents(step: StepRecord): RunEvent[] {
  const { address, title, state, startedAt, endedAt, reason, kind } = step;
  const about = address;
  const events: RunEvent[] = [];
  if (startedAt !== undefined && !asking.has(kind)) {
    events.push({ key: `${address}:running`, at: startedAt, about, state: 'running', text: title });
  }
  const ended = state === 'passed' || state === 'failed' || state === 'waived' || state === 'on hold';
  if (ended && endedAt !== undefined) {
    const why = reason === undefined ? '' : `: ${reason}`;
    events.push({ key: `${address}:${state}`, at: endedAt, about, state, text: `${title}${why}` });
  }
  return events;
}

function rollbackEvents(rollback: RollbackStatus): RunEvent[] {
  const about = partOf(rollback.workflowId);
  const events: RunEvent[] = [
    {
      key: `${about}:started`,
      at: rollback.startedAt,
      about,
      state: 'rolling back',
      text: `rolling back, because ${rollback.reason}`,
    },
    ...rollback.checks.flatMap((check) =>
      stepEvents(check).map((event) => ({ ...event, key: `${about}:${event.key}` }))
    ),
    ...refusalEvents({ ...rollback, phase: about }),
  ];
  for (const undo of rollback.undos) {
    if (undo.endedAt === undefined) continue;
    events.push({
      key: `${about}:${undo.entryId}:${undo.state}`,
      at: undo.endedAt,
      about: undo.entryId,
      state: undo.state,
      text: `${undo.title}`,
    });
  }
  for (const gate of rollback.gates) {
    events.push({
      key: `${about}:${gate.address}:held:${gate.openedAt}`,
      at: gate.openedAt,
      about: gate.address,
      state: 'on hold',
      text: `${gate.title}: ${gate.reason}`,
    });
  }
  if (rollback.endedAt !== undefined) {
    const text = `rolled back, ${verificationWords(rollback)}`;
    events.push({ key: `${about}:ended`, at: rollback.endedAt, about, state: 'rolled back', text });
  }
  return events;
}

/** What only misses its target is in the guard's own part; a cause is told by its metric. */
function guardEvents(news: GuardNews): RunEvent[] {
  if (!mattersNow(news) || news.kind === 'cause') return [];
  const { at, reason: text, kind } = news;
  const state = kind === 'blind' ? (news.blind ? 'no data' : 'well') : stateOf(news.to);
  const about = 'guard';
  return [{ key: `guard:${kind === 'blind' ? 'blind' : news.metric}:${at}`, at, about, state, text }];
}

function stateOf(metric: MetricState): AnyState {
  if (metric === 'critical' || metric === 'warning') return metric;
  return metric === 'no-data' ? 'no data' : 'well';
}

function refusalEvents(from: { refusals: RunStatus['refusals']; phase?: string }): RunEvent[] {
  const about = from.phase ?? 'run';
  return from.refusals.map(({ at, message, by, reason }) => ({
    key: `${about}:refused:${at}:${message}`,
    at,
    about,
    state: 'skipped' as const,
    text: `refused ${message}${by === undefined ? '' : ` by ${by}`}: ${reason}`,
  }));
}

function pauseEvent(about: string, paused: { by: string; reason?: string; at: number }): RunEvent {
  const why = paused.reason === undefined ? '' : `: ${paused.reason}`;
  return {
    key: `${about}:paused:${paused.at}`,
    at: paused.at,
    about,
    state: 'paused',
    text: `paused by ${paused.by}${why}`,
  };
}
