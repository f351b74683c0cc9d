import { means, parseAddress } from '../../plan/address.js';
import { PhasegateError } from '../../plan/errors.js';
import { requirePerson } from '../act/person.js';
import { answeredItemsOf, gatesOf } from '../read/gates.js';
import type { OpenGate, RunRef, RunSnapshot } from '../read/snapshot.js';
import { runName } from '../../plan/text/command-lines.js';
import { hasPoint, standing, whyClosed } from './closed-gate.js';
import type { Context } from './context.js';
import { gateTable } from './gate-table.js';
import { requireMay } from './may-answer.js';

/** A run, how it stands, and the one gate that an answer is for. */
export interface Chosen {
  run: RunRef;
  snapshot: RunSnapshot;
  gate: OpenGate;
}

/** What a person said about the gate that is meant. */
export interface Wanted {
  named?: string | undefined;
  digest?: string | undefined;
}

/**
 * Finds the gate that a person means: the one named, else the only one that takes such an answer. While no worker
 * answers nobody can be shown anything; then only somebody who knows the gate's address can answer, and an approval
 * also needs the digest of what was seen.
 *
 * @throws PhasegateError PG204 or PG205 for somebody who may not answer it, PG203 when none is open, PG209 when the
 *   run has none of that name, PG208 when it is not open, PG404 when several are, PG402 when no worker answers and the
 *   gate is not given in full
 */
export async function chooseGate(
  context: Context,
  answer: string,
  reference: string | undefined,
  wanted: Wanted
): Promise<Chosen> {
  const client = await context.connect();
  const run = await client.resolveRun(reference);
  const isMeant = (gate: OpenGate): boolean =>
    gate.answers.includes(answer) && (!wanted.named || meant(wanted.named, gate));
  const atWork = await client.status(run, 'open');
  // Why a gate is not open, what has ended tells.
  const isThere = [...gatesOf(atWork), ...answeredItemsOf(atWork)].some(isMeant);
  const snapshot = isThere ? atWork : await client.status(run);
  const gates = [
    ...gatesOf(snapshot),
    // Nobody is asked there any more; whoever names it corrects its answer.
    ...(wanted.named === undefined ? [] : answeredItemsOf(snapshot)),
  ];
  // A phase may answer while another part of its run does not.
  const shown = gates.some(isMeant);
  if (!shown && wanted.named !== undefined && !hasPoint(snapshot, wanted.named))
    throw unknownGate(snapshot, wanted.named);
  // In a run that has ended nothing is open, whether a worker answers or not.
  const unseen = snapshot.noWorker !== undefined && !shown && !snapshot.run.outcome;
  const gate = unseen ? blindGate(snapshot, answer, wanted) : pickGate(context, gates, answer, wanted.named, snapshot);
  if (unseen) requirePerson(snapshot.frozen.environment, context.me.name);
  else requireMay(snapshot, gate, answer, context.me.name);
  return { run, snapshot, gate };
}

/** A gate as the person who answers it knows it, without a worker that could show it. */
function blindGate(snapshot: RunSnapshot, answer: string, { named, digest }: Wanted): OpenGate {
  const owner = named === undefined ? undefined : ownerOf(snapshot, answer, named);
  if (named === undefined || !owner || (answer === 'approve' && digest === undefined)) {
    const flags =
      answer === 'approve'
        ? '--gate PHASE/STEP#N --digest DIGEST'
        : answer === 'attest'
          ? 'with the whole address'
          : '--gate PHASE/STEP#N';
    throw new PhasegateError('PG402', 'no worker answers, so it cannot be shown what your answer would be for', {
      where: snapshot.run.workflowId,
      hint: `Start a worker with: phasegate worker --env ${snapshot.frozen.environment.id}. Or, if you have seen the gate, send it unseen: phasegate ${answer} ${flags}`,
    });
  }
  return {
    address: named,
    kind: answer === 'attest' ? 'attestation' : answer === 'approve' || answer === 'reject' ? 'approval' : 'hold',
    title: 'a gate that no worker can show now',
    reason: 'no worker answers: this is sent unseen, and the run checks it when a worker is back',
    roles: {},
    people: [],
    decisions: [],
    openedAt: snapshot.at,
    deadlineAt: snapshot.at,
    then: '',
    digest: digest ?? '',
    answers: [answer],
    workflowId: owner.workflowId,
    runId: owner.runId,
  };
}

/** The rollback that owes this undo, else the phase of the address: only they take answers. */
function ownerOf({ phases, rollbacks }: RunSnapshot, answer: string, named: string): RunRef | undefined {
  const undoing = rollbacks.find(
    (one) => one.endedAt === undefined && one.undos.some((undo) => undo.entryId === named && undo.state !== 'done')
  );
  if (answer === 'takeover' || (answer === 'retry' && undoing)) return undoing;
  const phase = parseAddress(named)?.phase;
  return phases.find((one) => one.phase === phase && one.endedAt === undefined);
}

function pickGate(
  context: Context,
  gates: readonly OpenGate[],
  answer: string,
  named: string | undefined,
  snapshot: RunSnapshot
): OpenGate {
  const able = gates.filter((gate) => gate.answers.includes(answer));
  const found = named === undefined ? able : able.filter((gate) => meant(named, gate));
  const [gate, ...others] = found;
  if (gate && others.length === 0) return gate;
  if (gate) {
    const run = runName(snapshot.run.workflowId);
    context.note(...gateTable(context, found, context.io.err));
    throw new PhasegateError(
      'PG404',
      `several gates could take "${answer}": ${found.map((one) => one.address).join(', ')}`,
      {
        hint: `Say which one, for example: phasegate ${answer} ${run} --gate ${gate.address}`,
      }
    );
  }
  throw notOpen(snapshot, able, answer, named);
}

function unknownGate(snapshot: RunSnapshot, named: string): PhasegateError {
  const open = gatesOf(snapshot).map((gate) => gate.address);
  const is = open.length > 0 ? ` (open: ${open.join(', ')})` : '';
  return new PhasegateError('PG209', `${runName(snapshot.run.workflowId)} has no ${named}${is}`, {
    hint: lookAt(snapshot),
  });
}

/** What to type to see how the run stands. */
export function lookAt({ run }: RunSnapshot): string {
  const name = runName(run.workflowId);
  return run.outcome
    ? `Read what happened: phasegate report ${name}`
    : `See what it waits for: phasegate status ${name}`;
}

function notOpen(
  snapshot: RunSnapshot,
  able: readonly OpenGate[],
  answer: string,
  named: string | undefined
): PhasegateError {
  const run = runName(snapshot.run.workflowId);
  const hint = lookAt(snapshot);
  const open = `open: ${able.map((one) => one.address).join(', ') || 'none'}`;
  const why = whyClosed(snapshot, answer, named) || standing(snapshot);
  if (named === undefined)
    return new PhasegateError('PG203', `no gate of ${run} is open that could take "${answer}": ${why}`, { hint });
  return new PhasegateError('PG208', `${named} is not open for "${answer}" (${open}): ${why}`, { hint });
}

/** `1a/approval#1`, `1a/approval`, `approval` when only one phase has it. */
export function meant(named: string, gate: Pick<OpenGate, 'address'>): boolean {
  const phase = parseAddress(gate.address)?.phase;
  const written = parseAddress(named, phase);
  return written !== undefined && means(written, gate.address);
}
