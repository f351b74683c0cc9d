import { setTimeout as delay } from 'node:timers/promises';
import type { Cli } from './cli.js';
import type { DemoFault } from './faults.js';
import { phaseOf, setFaults } from './faults.js';

interface OpenGate {
  address: string;
  kind: string;
  people: string[];
  answers: string[];
}
interface Seen {
  run: { outcome?: { kind: string } };
  phases: Array<{ phase: string; gates: OpenGate[]; steps: Array<{ kind: string; state: string; part: string }> }>;
}

/**
 * The people of the demo, at their terminals: they look at the run, answer checklist items and approve, each with a
 * `phasegate` command of their own. The saboteur among them brings about faults that are not in the platform's code.
 */
export async function playPeople(
  cli: Cli,
  options: { run: string; platform: string; fault: DemoFault | undefined; interactive: boolean; signal: AbortSignal }
): Promise<void> {
  const answered = new Set<string>();
  const saboteur = new Saboteur(options.platform, options.fault);
  while (!options.signal.aborted) {
    const seen = await look(cli, options.run);
    if (seen?.run.outcome) return;
    await saboteur.watch(seen);
    const gates = options.interactive ? [] : (seen?.phases ?? []).flatMap((phase) => phase.gates);
    await Promise.all(
      gates.map(async (gate) => {
        if (answered.has(gate.address) || gate.kind === 'hold') return;
        answered.add(gate.address);
        if (!(await answer(cli, options, gate))) answered.delete(gate.address);
      })
    );
    await delay(400, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

async function look(cli: Cli, run: string): Promise<Seen | undefined> {
  const { code, stdout } = await cli.run(['status', run, '-o', 'json']);
  return code === 0 ? (JSON.parse(stdout) as Seen) : undefined;
}

async function answer(
  cli: Cli,
  options: { run: string; fault: DemoFault | undefined },
  gate: OpenGate
): Promise<boolean> {
  const [person = ''] = gate.people;
  const common = [options.run, '--as', person];
  if (gate.kind === 'attestation') {
    const { code } = await cli.run([
      'attest',
      gate.address,
      ...common,
      '--answer',
      'done',
      '--evidence',
      'seen in the demo',
      '--yes',
    ]);
    return code === 0;
  }
  const rejects = options.fault?.name === 'rejected' && gate.address.startsWith(`${phaseOf(options.fault)}/`);
  const { code } = rejects
    ? await cli.run([
        'reject',
        ...common,
        '--gate',
        gate.address,
        '--reason',
        'the customers are not ready for this',
        '--yes',
      ])
    : await cli.run(['approve', ...common, '--gate', gate.address, '--yes']);
  return code === 0;
}

/** Takes the metrics away when the first window of the phase runs, and brings them back when the HOLD is open. */
class Saboteur {
  private readonly platform: string;
  private readonly fault: DemoFault | undefined;
  private state: 'dormant' | 'down' | 'back' = 'dormant';

  constructor(platform: string, fault: DemoFault | undefined) {
    this.platform = platform;
    this.fault = fault?.name.startsWith('metrics-down') ? fault : undefined;
  }

  async watch(seen: Seen | undefined): Promise<void> {
    if (!this.fault || !seen) return;
    const { fault } = this;
    const phase = seen.phases.find((one) => one.phase === phaseOf(fault));
    if (
      this.state === 'dormant' &&
      phase?.steps.some((step) => step.kind === 'watch' && step.part !== 'before' && step.state === 'running')
    ) {
      this.state = 'down';
      await setFaults(this.platform, [fault]);
    }
    const held = phase?.gates.some((gate) => gate.kind === 'hold');
    if (this.state === 'down' && held && fault.name === 'metrics-down-then-back') {
      this.state = 'back';
      await setFaults(this.platform, []);
    }
  }
}
