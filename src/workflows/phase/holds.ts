import { CancellationScope, condition, patched } from '@temporalio/workflow';
import { irreversible } from '../../plan/ledger.js';
import { patienceMs } from '../../plan/patience.js';
import { namesInRoles } from '../../plan/people.js';
import type { EvidenceRef } from '../../plan/run-facts.js';
import type { Gate, StepRecord } from '../../plan/run-status.js';
import { oneOf } from '../../plan/text/spans.js';
import { announce } from '../announce.js';
import type { PhaseContext } from './context.js';
import type { Desk, GateOutcome } from './desk.js';
import type { PhaseRecord } from './record.js';
import { PhaseStopped } from './stop.js';

/**
 * A step that could not be judged waits for somebody to decide; nobody by the deadline means the plan's policy. Behind a
 * change that cannot be undone nothing but people decides: they are asked again, ever more rarely.
 */
export class Holds {
  private readonly context: PhaseContext;
  private readonly record: PhaseRecord;
  private readonly desk: Desk;

  constructor(context: PhaseContext, record: PhaseRecord, desk: Desk) {
    this.context = context;
    this.record = record;
    this.desk = desk;
  }

  /**
   * Opens a HOLD at a step and tells people; resolves with what became of it.
   *
   * @param heldMs how long the same attempt was on hold before: all its HOLDs share one deadline, or data that comes and
   *   goes would put off the plan's policy for ever
   */
  async open(step: StepRecord, reason: string, evidence: EvidenceRef | undefined, heldMs = 0): Promise<GateOutcome> {
    const { deadline } = this.context.input.hold;
    // Before anything has begun, time alone ends nothing either.
    const closed =
      irreversible(this.record.facts.ledger).length > 0 || this.context.input.phase.checklists !== undefined;
    const gate = this.gateAt(step, reason, evidence, {
      deadlineAt: Date.now() + (closed ? deadline.ms : Math.max(0, deadline.ms - heldMs)),
      then: closed ? 'ask again' : this.record.wayBack,
    });
    this.record.mark(step, { state: 'on hold', reason });
    let times = 1;
    const outcome = this.desk.wait(gate, () => {
      if (!closed) return false;
      times += 1;
      gate.deadlineAt = Date.now() + patienceMs(times, deadline.ms);
      this.record.publish();
      void this.tell(gate);
      return true;
    });
    if (closed) void this.tell(gate);
    else void this.tellUntilHeard(gate);
    return outcome;
  }

  /** Silence must not decide where nobody was asked: the channels may have been down, or the worker that reaches them away. */
  private async tellUntilHeard(gate: Gate): Promise<void> {
    const { notify } = this.context.input.environment;
    for (let times = 1; ; times += 1) {
      const toldAt = await this.tell(gate);
      if (toldAt !== undefined || notify.length === 0 || !this.desk.isOpen(gate) || !patched('held-until-told')) return;
      const isOver = CancellationScope.nonCancellable(() =>
        condition(() => !this.desk.isOpen(gate), patienceMs(times), {
          summary: `Tells people again of ${gate.address}`,
        })
      );
      if (await isOver) return;
    }
  }

  /** Resolves with the time at which people were told, epoch ms; undefined: no channel took it. */
  private tell(gate: Gate): Promise<number | undefined> {
    const { run, environment } = this.context.input;
    return announce(run, environment, {
      kind: 'hold',
      address: gate.address,
      title: `On hold: ${gate.title}`,
      text: `${gate.reason}. Somebody (${oneOf(gate.people)}) must ${oneOf(gate.answers)}; otherwise: ${gate.then}.`,
      to: gate.people,
    });
  }

  /** The HOLD of a step ends by itself: its data came back. One that was decided in the meantime stays decided. */
  recover(step: StepRecord): void {
    const gate = this.desk.gates.find((open) => open.address === step.address);
    if (gate && this.desk.isOpen(gate)) this.desk.settle(gate, { kind: 'recovered' });
  }

  /**
   * What a HOLD's end means for the step: true to try again, false when it was waived.
   *
   * @throws PhaseStopped when nobody decided by the deadline
   */
  settle(step: StepRecord, reason: string, outcome: GateOutcome): boolean {
    if (outcome.kind === 'retry') {
      this.record.mark(step, { state: 'failed', reason: `${reason}; ${outcome.by} asked for another attempt` });
      return true;
    }
    if (outcome.kind === 'waived') {
      this.record.mark(step, {
        state: 'waived',
        reason: `${reason}; waived by ${outcome.by}: ${outcome.reason ?? ''}`,
      });
      return false;
    }
    this.record.mark(step, { state: 'failed', reason: `${reason}; nobody decided by the deadline` });
    throw new PhaseStopped({
      reason: `${step.address} was on hold (${reason}) and nobody decided by the deadline`,
      reach: 'phase',
    });
  }

  private gateAt(
    step: StepRecord,
    reason: string,
    evidence: EvidenceRef | undefined,
    policy: Pick<Gate, 'deadlineAt' | 'then'>
  ): Gate {
    const { environment, run, waivers, phase } = this.context.input;
    const mayWaive = namesInRoles(environment.people, waivers);
    const asked = environment.people.filter(({ name }) => name === run.startedBy || mayWaive.includes(name));
    const people = asked.length > 0 ? asked : environment.people;
    return {
      address: step.address,
      kind: 'hold',
      title: step.title,
      reason,
      roles: Object.fromEntries(waivers.map((role) => [role, 1])),
      people: people.map((person) => person.name),
      decisions: [],
      openedAt: Date.now(),
      ...policy,
      digest: evidence?.digest ?? '',
      ...(evidence ? { evidence } : {}),
      ...(phase.stage ? { reach: 'all' as const } : {}),
      answers: ['retry', 'rollback', ...(mayWaive.length > 0 ? ['waive'] : [])],
    };
  }
}
