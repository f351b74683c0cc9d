import type { Gate, PhaseStatus, RollbackStatus, RunStatus, StepRecord } from '../run-status.js';
import { instantText, oneOf } from './spans.js';

/**
 * One sentence that says what happens, what it waits for, who can unblock it, until when, and what comes then. The
 * same text stands in the CLI, in the Temporal UI and in notifications.
 */
export function gateSentence(gate: Gate): string {
  const until = `until ${instantText(gate.deadlineAt)}, then ${gate.then}`;
  const who = oneOf(gate.people);
  if (gate.kind === 'approval') return `Waits for approval by ${needText(gate)} (${who}) at ${gate.address}, ${until}.`;
  if (gate.kind === 'attestation') return `Waits for ${who} to answer ${gate.address} "${gate.title}", ${until}.`;
  return `On hold at ${gate.address}: ${gate.reason}. Waits for ${who} to ${oneOf(gate.answers)}, ${until}.`;
}

/** `1 engineering-lead and 2 of devops`, of what is still missing. */
export function needText(gate: Gate): string {
  return Object.entries(gate.roles)
    .map(([role, count]) => `${count} ${role}`)
    .join(' and ');
}

/** The most urgent gate first: what is on hold, then the earliest deadline. */
export function byUrgency(gates: readonly Gate[]): Gate[] {
  const rank = (gate: Gate): number => (gate.kind === 'hold' ? 0 : 1);
  return gates.toSorted((a, b) => rank(a) - rank(b) || a.deadlineAt - b.deadlineAt);
}

function runningSteps(steps: readonly StepRecord[]): string {
  const running = steps.filter((step) => step.state === 'running').map((step) => step.title);
  return running.length > 0 ? `Running: ${running.join('; ')}.` : '';
}

export function phaseSentence(status: Omit<PhaseStatus, 'sentence'>, next: string): string {
  if (status.state === 'rolling back') return `Rolling back ${status.phase}.`;
  if (status.state === 'completed') return `${status.title} completed.`;
  if (status.state === 'rolled back' || status.state === 'failed') return `${status.title} ended: ${status.state}.`;
  const gates = byUrgency(status.gates);
  const first = gates[0];
  const more =
    gates.length > 1 ? ` ${gates.length - 1} more ${gates.length === 2 ? 'answer is' : 'answers are'} awaited.` : '';
  if (first) return gateSentence(first) + more;
  if (status.paused && runningSteps(status.steps) === '') {
    const why = status.paused.reason ? ` (${status.paused.reason})` : '';
    return `Paused by ${status.paused.by}${why}; anybody of the environment can resume it.`;
  }
  if (status.opensAt !== undefined && status.steps.length === 0)
    return `Waits for its days to begin at ${instantText(status.opensAt)}.`;
  return `${runningSteps(status.steps)} ${next}`.trim();
}

export function rollbackSentence(status: Omit<RollbackStatus, 'sentence'>): string {
  const open = status.undos.filter((undo) => undo.state !== 'done' && undo.state !== 'taken over').length;
  if (status.state === 'rolled back')
    return status.verified ? 'Rolled back, verified.' : `Rolled back, NOT verified: ${status.verification ?? ''}.`;
  const first = byUrgency(status.gates)[0];
  if (first) return gateSentence(first);
  if (open > 0) return `Undoing ${open} of ${status.undos.length} changes, because ${status.reason}.`;
  return 'Everything is undone; verifying health and red metrics.';
}

export function runSentence(status: Omit<RunStatus, 'sentence'>): string {
  if (status.outcome) return `${status.outcome.kind}: ${status.outcome.reason}`;
  if (status.state === 'waiting for locks') return 'Takes the locks of its plan, flags and deploy targets.';
  if (status.state === 'rolling back') return 'Takes back what was changed, newest phase first.';
  const current = status.phases.find((phase) => phase.state !== 'pending' && phase.state !== 'completed');
  if (!current) return status.paused ? `Paused by ${status.paused.by}.` : 'Between two phases.';
  const next = status.phases.find((phase) => phase.state === 'pending');
  return `Phase ${current.id} (${current.title}) is under way; ${next ? `${next.id} comes next` : 'it is the last one'}. Details: ${current.workflowId}`;
}
