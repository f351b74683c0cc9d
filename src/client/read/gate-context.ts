import { parseAddress } from '../../plan/address.js';
import { starterMayDecide, type GateContext } from '../../plan/gate-rules.js';
import type { OpenGate, RunSnapshot } from './snapshot.js';

/** What the rules of a gate need to know of its run, as the run itself has it. */
export function gateContext({ frozen, run }: RunSnapshot, gate: Pick<OpenGate, 'address'>): GateContext {
  const id = parseAddress(gate.address)?.phase ?? '';
  const phase = frozen.plan.phases.find((one) => one.id === id) ?? { id };
  return {
    phase: id,
    people: frozen.environment.people,
    startedBy: run.startedBy,
    allowStarter: () => starterMayDecide(gate, phase),
  };
}
