import { mayAnswer } from '../../plan/gate-rules.js';
import { preDeploymentId } from '../../plan/names.js';
import { joinRoles, tally } from '../../plan/quorum.js';
import { awaited } from '../../plan/text/sentences.js';
import { phaseOf } from '../../plan/text/pasteable.js';
import { oneOf } from '../../plan/text/spans.js';
import { gateContext } from '../read/gate-context.js';
import { gatesOf } from '../read/gates.js';
import type { OpenGate, RunSnapshot } from '../read/snapshot.js';
import { untilText } from '../render/time.js';
import { hanging } from '../render/width.js';
import { owedLines } from './checklist-lines.js';
import { commandLines } from './command-lines.js';
import { line, type Line } from './line.js';
import { rollbackLine, runName } from '../../plan/text/command-lines.js';
import type { View } from './view.js';

/** More items than this are listed by who owes them. */
const mostItems = 3;

/** For each open gate: who or what is awaited, until when, what happens then, and the command to type. */
export function gateLines(snapshot: RunSnapshot, view: View): Line[] {
  const { run } = snapshot;
  const gates = gatesOf(snapshot);
  const items = gates.filter((gate) => gate.kind === 'attestation');
  const together = items.length > mostItems ? items : [];
  const [first] = together;
  const attest = (item: string): Line[] =>
    first
      ? commandLines(typed('attest', run.workflowId, { address: item }) + asWhom(first, 'attest', snapshot), view)
      : [];
  const lines = gates.filter((gate) => !together.includes(gate)).flatMap((gate) => gateBlock(gate, snapshot, view));
  if (first) lines.push(...owedLines(together, attest, view));
  if (run.paused && !run.outcome && run.state !== 'rolling back') {
    const why = run.paused.reason === undefined ? '' : `: ${run.paused.reason}`;
    lines.push(
      line(view.paint('warn', `‖ paused by ${run.paused.by}${why}`)),
      ...commandLines(`phasegate resume ${runName(run.workflowId)}`, view)
    );
  }
  return lines;
}

function gateBlock(gate: OpenGate, snapshot: RunSnapshot, view: View): Line[] {
  const { paint, now } = view;
  const run = snapshot.run.workflowId;
  const as = (answer: string): string => asWhom(gate, answer, snapshot);
  const when = `${untilText(gate.deadlineAt, now)}, then ${gate.then}`;
  if (gate.kind === 'hold') {
    return [
      line(paint('warn', `■ on hold ${when}`)),
      ...hanging('    ', `${gate.address} ${gate.title}: ${gate.reason}`, view.columns).map((text) => line(text)),
      line(`    ${whoDecides(gate)}${rollbackRemark(gate, snapshot)}`),
      ...gate.answers.flatMap((answer) => commandLines(typed(answer, run, gate) + as(answer), view)),
      ...(gate.answers.includes('rollback') && gate.reach !== 'all' && !isBeforeAll(gate)
        ? [
            line(`    to take back everything that the run changed, not only ${phaseOf(gate)}:`),
            ...commandLines(rollbackLine(run) + as('rollback'), view),
          ]
        : []),
    ];
  }
  const asked =
    gate.kind === 'approval'
      ? [line(`    ${gate.title}: ${needs(gate)} · ${gate.address}`)]
      : [line(`    ${gate.title} · ${gate.address}`)];
  const answer = gate.kind === 'approval' ? 'approve' : 'attest';
  return [
    line(paint('warn', `◷ waiting for ${awaited(gate)} ${when}`)),
    ...asked,
    ...commandLines(typed(answer, run, gate) + as(answer), view),
  ];
}

/** Before the first phase nothing has been changed: to roll back the stage ends the run, and there is nothing more. */
function isBeforeAll(gate: OpenGate): boolean {
  return phaseOf(gate) === preDeploymentId;
}

/** What a rollback from a stage of the validation needs, since that takes back everything. */
function rollbackRemark(gate: OpenGate, { frozen }: RunSnapshot): string {
  const approval = frozen.plan.phases.find(({ id }) => id === phaseOf(gate))?.stage?.rollbackApproval;
  if (gate.reach !== 'all') return '';
  const needed = approval ? `, when ${joinRoles(approval, Object.keys(approval.roles))} approves it` : '';
  return `; rollback takes back everything${needed}`;
}

/** Those who are asked are not the only ones who may answer a HOLD. */
function whoDecides({ people, answers, roles }: OpenGate): string {
  const anybody = answers.filter((answer) => answer !== 'waive');
  const waive = answers.includes('waive') ? `; waive needs ${oneOf(Object.keys(roles))}` : '';
  return `asked: ${oneOf(people)}; anybody of the environment may ${oneOf(anybody)}${waive}`;
}

/** `1 engineering-lead (has 1 of 2: erin)` */
export function needs(gate: Pick<OpenGate, 'roles' | 'needs' | 'decisions'>): string {
  const count = tally(gate, gate.decisions);
  const roles = Object.entries(gate.roles).map(([role, need]) => `${need} ${role}`);
  const yes = gate.decisions.filter((decision) => decision.decision === 'approve').map((decision) => decision.by);
  const given = yes.length > 0 ? `, given by ${yes.join(', ')}` : '';
  const missing = Object.entries(count.missing).map(([role, n]) => `${n} ${role}`);
  return `needs ${joinRoles(gate, roles)}${given}${yes.length > 0 && missing.length > 0 ? `, missing ${joinRoles(gate, missing)}` : ''}`;
}

/** The command line that gives an answer. */
function typed(answer: string, run: string, { address, reach }: Pick<OpenGate, 'address' | 'reach'>): string {
  const name = runName(run);
  switch (answer) {
    case 'attest':
      return `phasegate attest ${address} ${name} --answer done`;
    case 'takeover':
      return `phasegate takeover ${address} ${name} --reason "what you did"`;
    case 'rollback':
      if (reach === 'all') return rollbackLine(run);
      return `phasegate rollback ${name} --phase ${phaseOf({ address })} --reason "why"`;
    case 'waive':
    case 'reject':
      return `phasegate ${answer} ${name} --gate ${address} --reason "why"`;
    default:
      return `phasegate ${answer} ${name} --gate ${address}`;
  }
}

/** In a demo one person plays all of its people. Elsewhere a name here would be an invitation to use somebody else's. */
function asWhom(gate: OpenGate, answer: string, snapshot: RunSnapshot): string {
  if (snapshot.run.environment.kind !== 'demo') return '';
  const context = gateContext(snapshot, gate);
  const everybody = [...gate.people, ...context.people.map(({ name }) => name)];
  // Anybody may roll back; whoever is asked comes first.
  const one = everybody.find((name) => answer === 'rollback' || !mayAnswer(gate, answer, name, context));
  return one === undefined ? '' : ` --as ${one}`;
}
