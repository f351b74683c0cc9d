import { owedBy } from '../owed.js';
import { outcomeWords, verificationWords } from '../outcome.js';
import { joinRoles, tally } from '../quorum.js';
import {
  isSettled,
  type Gate,
  type PhaseStatus,
  type RollbackStatus,
  type RunStatus,
  type StepRecord,
} from '../run-status.js';
import { allOf, counted, instantText, oneOf } from './spans.js';

/**
 * One sentence that says what happens, what it waits for, who can unblock it, until when, and what comes then. The
 * same text stands in the CLI, in the Temporal UI and in notifications.
 */
export function gateSentence(gate: Gate): string {
  const until = `until ${instantText(gate.deadlineAt)}, then ${gate.then}`;
  const who = awaited(gate);
  if (gate.kind === 'approval') return `Waits for approval by ${needText(gate)} (${who}) at ${gate.address}, ${until}.`;
  if (gate.kind === 'attestation') return `Waits for ${who} to answer ${gate.address} "${gate.title}", ${until}.`;
  return `On hold at ${gate.address}: ${gate.reason}. Waits for ${who} to ${oneOf(gate.answers)}, ${until}.`;
}

/** `erin or enzo`; where as many people are missing as can still be asked, all of them: `carlos and chen`. */
export function awaited(gate: Pick<Gate, 'kind' | 'people' | 'roles' | 'needs' | 'decisions'>): string {
  const missing = Object.values(tally(gate, gate.decisions).missing).reduce((sum, places) => sum + places, 0);
  const everybody = gate.kind === 'approval' && gate.needs !== 'any' && missing >= gate.people.length;
  return everybody ? allOf(gate.people) : oneOf(gate.people);
}

/** `1 engineering-lead and 2 devops`, of what is still missing. */
export function needText(gate: Gate): string {
  const missing = Object.entries(tally(gate, gate.decisions).missing);
  return joinRoles(
    gate,
    missing.map(([role, count]) => `${count} ${role}`)
  );
}

/** The most urgent gate first: what is on hold, then the earliest deadline. */
export function byUrgency<G extends Gate>(gates: readonly G[]): G[] {
  const rank = (gate: Gate): number => (gate.kind === 'hold' ? 0 : 1);
  return gates.toSorted((a, b) => rank(a) - rank(b) || a.deadlineAt - b.deadlineAt);
}

/** @param next what comes after that which runs now, as a sentence */
export function phaseSentence(status: Omit<PhaseStatus, 'sentence'>, next: string): string {
  if (status.state === 'rolling back') {
    const why = because(status).slice(0, -1);
    return `Rolling back ${status.phase}${why}; see ${status.rollback ?? 'its rollback'}.`;
  }
  if (status.state === 'completed') return `${status.title} completed.`;
  if (status.state === 'rolled back') return `${status.title} was rolled back${because(status)}`;
  if (status.state === 'rolled back, NOT verified' || status.state === 'NOT rolled back')
    return `${status.title}: ${status.state}: ${status.verification ?? 'no reason is known'}.`;
  if (status.state === 'failed') return `${status.title} ended before any change${because(status)}`;
  const [first, ...others] = byUrgency(status.gates);
  if (first) {
    const many = first.kind === 'attestation' && others.length >= manyItems;
    const waits = many ? owedSentence(status.gates) : [gateSentence(first), alsoAwaited(others.length)].join(' ');
    return [waits.trimEnd(), pauseText(status)].filter(isSaid).join(' ');
  }
  const running = runningSteps(status.steps);
  if (status.opensAt !== undefined) {
    const opening = status.opening ?? `for its time to begin at ${instantText(status.opensAt)}`;
    return [`Waits ${opening}.`, pauseText(status), next].filter(isSaid).join(' ');
  }
  return [running, pauseText(status), next].filter(isSaid).join(' ');
}

/** So many more items are told by who owes them, and no longer one by one. */
const manyItems = 3;

/** Without a count, so that one answer more is no news to those who watch from afar. */
function owedSentence(gates: readonly Gate[]): string {
  const who = owedBy(gates.filter((gate) => gate.kind === 'attestation')).map((owed) => owed.who);
  return `Waits for answers to its items from ${who.toSorted().join('; ')}.`;
}

function isSaid(text: string): boolean {
  return text !== '';
}

function because(status: Pick<PhaseStatus, 'steps'>): string {
  const failed = status.steps.findLast((step) => step.state === 'failed');
  return failed ? `: ${failed.address} ${failed.reason ?? 'failed'}.` : '.';
}

function alsoAwaited(count: number): string {
  if (count === 0) return '';
  return `${count} more ${count === 1 ? 'answer is' : 'answers are'} awaited.`;
}

/** The answer to a second pause. */
export function pausedAlready({ by, at, reason }: NonNullable<RunStatus['paused']>): string {
  return `it is paused already, since ${instantText(at)} by ${by}${reason === undefined ? '' : ` (${reason})`}`;
}

/** Why nothing new begins, if so: an incident's hold comes before a pause, which can be ended at any time. */
function pauseText({ paused, held }: Pick<PhaseStatus, 'paused' | 'held'>): string {
  if (held)
    return `On hold by ${held.by} (${held.reason}): nothing new begins until it is resolved, or somebody sends rollback.`;
  if (!paused) return '';
  const why = paused.reason === undefined ? '' : ` (${paused.reason})`;
  return `Paused by ${paused.by}${why}: nothing new begins until somebody sends resume.`;
}

function runningSteps(steps: readonly StepRecord[]): string {
  const running = steps.filter((step) => step.state === 'running').map((step) => step.title);
  return running.length > 0 ? `Running: ${running.join('; ')}.` : '';
}

export function rollbackSentence(status: Omit<RollbackStatus, 'sentence'>): string {
  if (status.state === 'rolled back') {
    return `Rolled back, ${verificationWords(status)}.`;
  }
  const [first, ...others] = byUrgency(status.gates);
  if (first) return [gateSentence(first), alsoAwaited(others.length)].filter(isSaid).join(' ');
  const open = status.undos.filter((undo) => !isSettled(undo)).length;
  if (open > 0) return `Undoing ${open} of ${counted(status.undos.length, 'change')}.`;
  return 'Everything is undone; verifying health and red metrics.';
}

export function runSentence(status: Omit<RunStatus, 'sentence'>): string {
  if (status.outcome) return `${outcomeWords(status.outcome.kind)}: ${status.outcome.reason}`;
  if (status.state === 'waiting for locks') return 'Takes the locks of its plan, flags and deploy targets.';
  const current = status.phases.find((phase) => phase.state === 'running');
  if (current?.now?.state === 'rolling back') return `Phase ${current.id} (${current.title}): ${current.now.sentence}`;
  if (status.state === 'rolling back') return 'Takes back what was changed, newest phase first.';
  const next = status.phases.find((phase) => phase.state === 'pending');
  const coming = next ? `${next.id} comes next` : 'it is the last one';
  if (current?.now) {
    const then = next ? `Then: ${next.id}.` : 'Then the run is done.';
    const held = status.held ? pauseText(status) : '';
    const phase = `Phase ${current.id} (${current.title}): ${current.now.sentence} ${then} Details: ${current.workflowId}`;
    return [held, phase].filter(isSaid).join(' ');
  }
  const now = current
    ? `Phase ${current.id} (${current.title}) is under way; ${coming}. Details: ${current.workflowId}`
    : next
      ? `Before ${next.id} (${next.title}).`
      : 'All phases are done.';
  return [pauseText(status), now].filter(isSaid).join(' ');
}
