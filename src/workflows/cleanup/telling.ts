import { sleep } from '@temporalio/workflow';
import { isOwed, tasksNow, type CleanupState } from '../../plan/cleanup/course.js';
import { openGates } from '../../plan/cleanup/status.js';
import { owedBy } from '../../plan/owed.js';
import { namesInRoles } from '../../plan/people.js';
import type { CleanupInput } from '../../plan/run-input.js';
import { counted, instantText } from '../../plan/text/spans.js';
import { announce } from '../announce.js';
import type { CleanupRecord } from './record.js';

/** While the environment's worker is away the message waits for it: nothing is lost, and nothing comes twice. */
const patience = '90d';
/** A channel that takes nothing is tried again in this part of the time between reminders. */
const parts = 7;

/** One message for all that is owed: what has begun, what is overdue, and what the next in line is asked about. */
export async function tellOwners(
  input: CleanupInput,
  record: CleanupRecord,
  news: CleanupState['told'],
  askedAt: number
): Promise<void> {
  const { run, environment, cleanup } = input;
  const { told } = record.state;
  const escalated = news.escalated.some((id) => !told.escalated.includes(id));
  const begun = news.begun.some((id) => !told.begun.includes(id));
  // As they are when the next in line may answer too.
  const gates = openGates(cleanup, { ...record.state, told: news }, environment.people);
  const late = tasksNow(cleanup, record.state).filter((one) => isOwed(one) && news.overdue.includes(one.task.id));
  const next = Math.min(...gates.map(({ deadlineAt }) => deadlineAt));
  const owed = owedBy(gates).map(({ who, addresses }) => `${who}: ${addresses.join(', ')}`);
  const sentences = [
    owed.join('; '),
    ...(late.length > 0 ? [`Overdue: ${late.map(({ step }) => step?.address).join(', ')}`] : []),
    ...(gates.length > late.length ? [`Next due ${instantText(next)}`] : []),
    `Run: ${run.workflowId}.`,
  ];
  const to = escalated && cleanup.escalate ? namesInRoles(environment.people, [cleanup.escalate.to]) : [];
  const toldAt = await announce(
    run,
    environment,
    {
      kind: escalated ? 'escalation' : begun ? 'attestation' : 'reminder',
      title: `${run.planTitle}, ${cleanup.title}: ${counted(gates.length, 'task')} to do${late.length > 0 ? `, ${late.length} overdue` : ''}`,
      text: sentences.join('. '),
      to: [...new Set([...gates.flatMap(({ people }) => people), ...to])],
    },
    patience
  );
  if (toldAt !== undefined || environment.notify.length === 0) {
    record.told(Math.max(askedAt, toldAt ?? askedAt), news);
    return;
  }
  await sleep(Math.ceil(cleanup.remindEvery.ms / parts), { summary: 'Until people are told again' });
  record.lookAgain();
}
