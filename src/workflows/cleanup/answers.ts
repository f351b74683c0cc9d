import { means, parseAddress } from '../../plan/address.js';
import { attestationProblem, findGate, type GateContext, type Objection } from '../../plan/gate-rules.js';
import { answered } from '../../plan/cleanup/course.js';
import { cleanupId } from '../../plan/names.js';
import type { Decision } from '../../plan/quorum.js';
import type { CleanupInput } from '../../plan/run-input.js';
import type { Gate, StepRecord } from '../../plan/run-status.js';
import type { Message } from '../../plan/wire.js';
import { environmentCalls } from '../activities.js';
import { refused } from '../messages.js';
import { identityOf, type Asking } from '../phase/identity.js';
import { Turnstile } from '../turnstile.js';
import type { CleanupRecord } from './record.js';

type Answered = Message<'attest'>;

/**
 * A signal that comes while the environment's worker is away still counts when one is back within a day. No longer: the
 * execution cannot continue as new before it knows who answered.
 */
const patienceMs = 24 * 60 * 60 * 1000;

/** Takes the answers of owners: which task is meant, who answers, and what the answer does. */
export function listenToOwners(input: CleanupInput, record: CleanupRecord): void {
  const asking: Asking = { input, calls: environmentCalls(input.environment.id) };
  const turnstile = new Turnstile('send it with the command line');
  const context: GateContext = {
    phase: cleanupId,
    people: input.environment.people,
    startedBy: input.run.startedBy,
    allowStarter: () => true,
  };
  const find = (message: Answered): { gate: Gate } | Objection => {
    const found = findGate(record.gates, 'attest', { by: message.by, gate: message.item }, context);
    if ('code' in found) return found;
    const task = record.taskAt(found.gate.address)?.task;
    return (task && attestationProblem(task, message)) ?? found;
  };
  record.inbox.on('attest', {
    check: (message) => {
      if (before(record, message)) return undefined;
      const found = find(message);
      return 'code' in found ? found : undefined;
    },
    take: (message, how) =>
      turnstile.through(how, async () => {
        const taken = before(record, message);
        if (taken) return { message: taken, repeated: true };
        const found = find(message);
        if ('code' in found) throw refused(found);
        const identity = await identityOf(asking, record, found.gate, 'attest', message, how, patienceMs);
        const meanwhile = before(record, message);
        if (meanwhile) return { message: meanwhile, repeated: true };
        return { message: take(record, found.gate, message, identity), repeated: false };
      }),
  });
}

/** The answer to the same thing said before; an address means a task that is open before one that is not. */
function before(record: CleanupRecord, message: Answered): string | undefined {
  const written = parseAddress(message.item, cleanupId);
  if (!written || record.gates.some(({ address }) => means(written, address))) return undefined;
  const said = record.state.steps.findLast((step) => means(written, step.address) && isSame(step, message));
  return said && `${message.by} answered ${said.address} before: ${message.answer}`;
}

function isSame({ answer }: StepRecord, { by, answer: said, evidence, reason }: Answered): boolean {
  return answer?.by === by && answer.answer === said && answer.evidence === evidence && answer.reason === reason;
}

function take(
  record: CleanupRecord,
  gate: Gate,
  { by, answer, evidence, reason }: Answered,
  identity: Decision['identity']
): string {
  const found = record.taskAt(gate.address);
  if (!found || !record.isOpen(gate))
    throw refused({ code: 'PG208', reason: `${gate.address} was decided in the meantime` });
  const given = {
    by,
    identity,
    answer,
    ...(evidence === undefined ? {} : { evidence }),
    ...(reason === undefined ? {} : { reason }),
    at: Date.now(),
  };
  const said = `${by} answered ${gate.address}: ${answer}`;
  record.mark(found.step, answered(found.task, given));
  if (found.step.state === 'running')
    return `${said}; whether the flags can be removed safely is looked at now: see the status`;
  return found.step.state === 'passed' ? said : `${said}; the task stays open`;
}
