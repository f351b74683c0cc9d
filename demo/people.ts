import { setTimeout as delay } from 'node:timers/promises';
import { PhasegateClient } from '../src/client/phasegate-client.js';
import type { RunRef } from '../src/client/read/snapshot.js';
import { outcomeLine } from '../src/client/view/outcome-line.js';
import { PhasegateError } from '../src/plan/errors.js';
import type { Gate, PhaseStatus } from '../src/plan/run-status.js';
import type { Cli } from './cli.js';
import type { DemoFault } from './faults.js';
import { phaseOf, setFaults } from './faults.js';
import { Commander } from './incidents.js';

export interface Play {
  run: string;
  platform: string;
  fault: DemoFault | undefined;
  interactive: boolean;
  /** Epoch ms before the run was started: a configured server may remember an earlier demo. */
  since: number;
  signal: AbortSignal;
  /** Called when the run is there. */
  begun: () => Promise<void>;
}

/**
 * The people of the demo, at their terminals: they watch the run, answer checklist items and approve, each with a
 * `phasegate` command of their own. The saboteur among them brings about faults that are not in the platform's code.
 */
export async function playPeople(cli: Cli, play: Play): Promise<void> {
  const client = await PhasegateClient.connect({ env: cli.env });
  try {
    const run = await whenStarted(client, play);
    if (!run) return;
    await play.begun();
    await watch(cli, client, run, play);
  } finally {
    await client.close();
  }
}

/** How the run stands, in the words of the CLI's last line. */
export async function standing(cli: Cli, run: string): Promise<string> {
  const client = await PhasegateClient.connect({ env: cli.env });
  try {
    return outcomeLine(await client.status(await client.resolveRun(run)));
  } finally {
    await client.close();
  }
}

async function watch(cli: Cli, client: PhasegateClient, run: RunRef, play: Play): Promise<void> {
  const answered = new Set<string>();
  const answers: Array<Promise<void>> = [];
  const saboteur = new Saboteur(play.platform, play.fault);
  const commander = play.interactive ? undefined : new Commander(cli, play.run);
  for await (const snapshot of client.watch(run, { signal: play.signal })) {
    await saboteur.watch(snapshot.phases);
    await commander?.watch(snapshot);
    const gates = play.interactive ? [] : snapshot.phases.flatMap((phase) => phase.gates);
    for (const gate of gates) {
      // A gate that needs several people asks the next one when one of them has answered.
      const asked = `${gate.address} ${gate.people[0] ?? ''}`;
      if (answered.has(asked) || isLeftToItsDeadline(gate, play.fault)) continue;
      mindAttempts(gate);
      answered.add(asked);
      // An answer that did not arrive is given again as long as the gate is open.
      answers.push(answer(cli, play, gate).then((taken) => void (taken || answered.delete(asked))));
    }
  }
  await Promise.all(answers);
}

/** A HOLD in the phase of the fault: the demo shows what becomes of one that nobody decides. */
export function isLeftToItsDeadline({ kind, address }: Gate, fault: DemoFault | undefined): boolean {
  return kind === 'hold' && fault !== undefined && address.startsWith(`${phaseOf(fault)}/`);
}

/** The attempt at which a step that is still on hold ends the demo. */
const lastAttempt = 5;

/**
 * A HOLD that the demo has not made is tried again: a busy machine may miss what it should measure.
 *
 * @throws Error when that did not help, since the demo knows no more and the run would ask for ever
 */
export function mindAttempts({ kind, address, reason }: Gate): void {
  const attempt = Number(address.split('#')[1]);
  if (kind === 'hold' && attempt >= lastAttempt) throw new Error(`${address} is on hold again: ${reason}`);
}

/** The run is there some seconds after `phasegate start` was typed. */
async function whenStarted(client: PhasegateClient, { run, since, signal }: Play): Promise<RunRef | undefined> {
  while (!signal.aborted) {
    try {
      const found = await client.resolveRun(run);
      if ((await client.status(found)).run.startedAt >= since) return found;
    } catch (error) {
      if (!(error instanceof PhasegateError) || error.code !== 'PG403') throw error;
    }
    await delay(250, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

async function answer(cli: Cli, { run, fault }: Play, gate: Gate): Promise<boolean> {
  const [person = ''] = gate.people;
  const rejects = fault?.name === 'rejected' && gate.address.startsWith(`${phaseOf(fault)}/`);
  const { code, stderr } = await cli.run([...wordsFor(gate, run, rejects), '--as', person, '--yes']);
  if (code !== 0) process.stderr.write(`demo: ${person} could not answer ${gate.address}: ${stderr}\n`);
  return code === 0;
}

function wordsFor(gate: Gate, run: string, rejects: boolean): string[] {
  if (gate.kind === 'hold') return ['retry', run, '--gate', gate.address];
  if (gate.kind === 'attestation')
    return ['attest', gate.address, run, '--answer', 'done', '--evidence', 'seen in the demo'];
  if (rejects) return ['reject', run, '--gate', gate.address, '--reason', 'the customers are not ready for this'];
  return ['approve', run, '--gate', gate.address];
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

  async watch(phases: readonly PhaseStatus[]): Promise<void> {
    if (!this.fault) return;
    const { fault } = this;
    const phase = phases.find((one) => one.phase === phaseOf(fault));
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
