import type { Cleanup, Person } from '../model.js';
import { cleanupId } from '../names.js';
import { owedBy } from '../owed.js';
import { namesInRoles } from '../people.js';
import type { Gate, PhaseStatus, Refusal, RunState } from '../run-status.js';
import { counted, instantText, withArticle } from '../text/spans.js';
import { isDone, isOwed, tasksNow, type CleanupState, type TaskNow } from './course.js';

/** What a clean-up is started with, as far as its status goes. */
export interface CleanupFacts {
  cleanup: Cleanup;
  people: readonly Person[];
  workflowId: string;
  runId: string;
  refusals: Refusal[];
  /** Present when it has ended: how, and in one sentence why; `as` when it was ended from outside. */
  end?: { state: Extract<RunState, 'completed' | 'failed'>; at: number; sentence: string; as?: string };
}

/** How a clean-up stands, in the shape of a phase: what status, report and the Temporal UI show. */
export function cleanupStatus(facts: CleanupFacts, state: CleanupState): PhaseStatus {
  const { cleanup, workflowId, runId, refusals, end } = facts;
  const gates = end ? [] : openGates(cleanup, state, facts.people);
  const tasks = tasksNow(cleanup, state);
  const opensAt = Math.min(...tasks.flatMap(({ step, days }) => (!step && days ? [days.opensAt] : [])));
  const nothingOpen = !tasks.some(isOwed);
  return {
    schemaVersion: 1,
    phase: cleanupId,
    title: cleanup.title,
    workflowId,
    runId,
    state: end?.state ?? (tasks.some(({ step }) => step?.state === 'running') ? 'running' : 'waiting'),
    startedAt: state.startedAt,
    ...(end ? { endedAt: end.at } : {}),
    ...(end?.as === undefined ? {} : { endedAs: end.as }),
    ...(nothingOpen && !end && Number.isFinite(opensAt) ? { opensAt } : {}),
    steps: [...state.steps, ...tasks.filter(({ step }) => !step).map(pending)],
    gates,
    decisions: [],
    waivers: [],
    ledger: [],
    refusals,
    sentence: end?.sentence ?? sentence(tasks, gates),
  };
}

function pending({ task }: TaskNow): PhaseStatus['steps'][number] {
  const { id, kind, title } = task;
  return { address: `${cleanupId}/${id}#1`, id, part: 'steps', kind, title, state: 'pending' };
}

/** A gate for each task that waits for its owner. */
export function openGates(cleanup: Cleanup, state: CleanupState, people: readonly Person[]): Gate[] {
  const { escalate, remindEvery } = cleanup;
  return tasksNow(cleanup, state).flatMap(({ task, step, days }): Gate[] => {
    if (step?.state !== 'waiting' || !days) return [];
    const standIn = escalate && state.told.escalated.includes(task.id) ? escalate.to : undefined;
    return [
      {
        address: step.address,
        kind: 'attestation',
        title: task.title,
        reason: `${withArticle(task.owner)} sees to this task`,
        roles: { [task.owner]: 1 },
        ...(standIn === undefined ? {} : { standIn }),
        people: namesInRoles(people, standIn === undefined ? [task.owner] : [task.owner, standIn]),
        decisions: [],
        openedAt: step.startedAt ?? days.opensAt,
        deadlineAt: days.dueAt,
        then:
          escalate && standIn === undefined
            ? `it is overdue, and ${escalate.after.planned} later ${withArticle(escalate.to)} is asked as well`
            : `it is overdue, and people are reminded every ${remindEvery.planned}`,
        digest: '',
        answers: ['attest'],
      },
    ];
  });
}

/** `3 of 11 tasks done`. */
export function doneText(cleanup: Cleanup, { steps }: Pick<PhaseStatus, 'steps'>): string {
  const tasks = tasksNow(cleanup, { steps: steps.filter(({ state }) => state !== 'pending'), days: {} });
  return `${tasks.filter(isDone).length} of ${counted(tasks.length, 'task')} done`;
}

function sentence(tasks: readonly TaskNow[], gates: readonly Gate[]): string {
  const done = `${tasks.filter(isDone).length} of ${counted(tasks.length, 'task')} done`;
  const running = tasks.flatMap(({ task, step }) => (step?.state === 'running' ? [task.title] : []));
  const waits = owedBy(gates).map(({ who, addresses }) => `${who} (${addresses.length})`);
  const next = Math.min(...gates.map(({ deadlineAt }) => deadlineAt));
  const opens = Math.min(...tasks.flatMap(({ step, days }) => (!step && days ? [days.opensAt] : [])));
  return [
    `Clean-up: ${done}.`,
    ...(running.length > 0 ? [`Running: ${running.join('; ')}.`] : []),
    ...(waits.length > 0 ? [`Waits for ${waits.join('; ')}, next due ${instantText(next)}.`] : []),
    ...(waits.length === 0 && Number.isFinite(opens) ? [`The next tasks begin at ${instantText(opens)}.`] : []),
  ].join(' ');
}
