import { setTimeout as delay } from 'node:timers/promises';
import { PhasegateClient } from '../src/client/phasegate-client.js';
import type { OpenGate } from '../src/client/read/snapshot.js';
import { migrationId, phaseWorkflowId } from '../src/plan/names.js';
import { approval as approvalOf, phase, plan, span, step } from '../test/support/stage/plans.js';
import { now } from './support/clock.js';
import { until } from '../test/support/until.js';
import type { Benchmark, BenchOptions, Findings } from './support/findings.js';
import { eventsOf, firstAt } from './support/histories.js';
import { flagKey, startRig, type Rig } from './support/rig.js';

export const approval: Benchmark = { name: 'approval', title: "from a person's yes to the next step", run };

const phasesOfARun = 12;
const starts = 'captureChange';
const overAfterMs = 500;

async function run({ trials = 100, say }: BenchOptions): Promise<Findings> {
  const rig = await startRig(say);
  try {
    await rig.startWorker();
    const client = await PhasegateClient.connect({ address: rig.temporal.address, env: {} });
    const byClient = { toNext: [] as number[], answered: [] as number[] };
    const attested: number[] = [];
    const unanswered: string[] = [];
    const byCli = { toNext: [] as number[], ended: [] as number[] };
    try {
      for (let round = 0; byClient.toNext.length < trials; round += 1) {
        await approvals(rig, client, `approval-client-${round}`, async (gate) => {
          const sentAt = now();
          await client.approve(gate, { by: 'erin' });
          byClient.answered.push(now() - sentAt);
          return (startedAt) => byClient.toNext.push(startedAt - sentAt);
        });
      }
      for (let round = 0; attested.length < trials; round += 1)
        await attestations(rig, client, `attest-${round}`, attested);
      for (let round = 0; byCli.ended.length + unanswered.length < Math.ceil(trials / 3); round += 1) {
        await approvals(rig, client, `approval-cli-${round}`, async (gate, id) => {
          const {
            startedAt: sentAt,
            endedAt,
            code,
            output,
          } = await rig.cli([
            'approve',
            `bench/${id}`,
            '--gate',
            gate.address,
            '--as',
            'erin',
            '--yes', // prettier-ignore
          ]);
          if (code === 0) byCli.ended.push(endedAt - sentAt);
          else {
            unanswered.push(output.trim());
            await client.approve(gate, { by: 'erin' });
          }
          return (startedAt) => code === 0 && byCli.toNext.push(startedAt - sentAt);
        });
      }
    } finally {
      await client.close();
    }
    return {
      series: [
        {
          what: 'attestation by client → next step of the phase started',
          unit: 'ms',
          samples: attested,
          aim: { p99: 150 },
        },
        {
          what: 'approval by client → first step of the next phase started',
          unit: 'ms',
          samples: byClient.toNext,
          aim: { p99: 150 },
        },
        { what: 'approval by client → answered', unit: 'ms', samples: byClient.answered },
        {
          what: '`approve` typed → first step of the next phase started',
          unit: 'ms',
          samples: byCli.toNext,
          aim: { p50: 500, max: 500 },
        },
        { what: '`approve` typed → command ended', unit: 'ms', samples: byCli.ended },
      ],
      facts: [
        {
          what: '`approve` refused (on a busy machine a query may not be answered within 2 s)',
          value: `${unanswered.length} of ${byCli.ended.length + unanswered.length}`,
          aim: '0',
          met: unanswered.length === 0,
        },
      ],
      notes: [
        ...new Set(unanswered),
        'A step has started when a worker has begun its first activity, the capture of the flag: the time that the server noted.',
        'An approval closes its phase and starts the next one, a workflow of its own; an attestation lets the same phase go on. Names are believed here (`trust: identity`).',
      ],
    };
  } finally {
    await rig.close();
  }
}

/** Runs a plan of phases with an approval each; `decide` says yes and gets told when the next phase's step began. */
async function approvals(
  rig: Rig,
  client: PhasegateClient,
  id: string,
  decide: (gate: OpenGate, id: string) => Promise<(startedAt: number) => unknown>
): Promise<void> {
  const ids = Array.from({ length: phasesOfARun }, (_, index) => `p${index}`);
  const asks = approvalOf({ roles: { lead: 1 }, expires: span(600_000), remindEvery: span(600_000) });
  const last = ids.length - 1;
  const phases = ids.map((name, index) =>
    phase(name, {
      steps: [step.flag('flag', { key: flagKey, percent: index + 1, to: true })],
      ...(index === last ? {} : { approval: asks }),
    })
  );
  const handle = await rig.start(plan(phases, { id }));
  const run = await client.resolveRun(handle.workflowId);
  for (const name of ids.slice(1)) {
    const before = ids[ids.indexOf(name) - 1] ?? '';
    const gate = await gateOf(client, run, `${before}/approval#1`);
    const tell = await decide(gate, id);
    tell(await startOf(rig, phaseWorkflowId(handle.workflowId, name), 0));
  }
  await handle.result();
}

async function attestations(rig: Rig, client: PhasegateClient, id: string, waits: number[]): Promise<void> {
  const steps = Array.from({ length: phasesOfARun }, (_, index) => [
    step.attest(`seen${index}`, { by: 'lead', expires: span(600_000) }),
    step.flag(`flag${index}`, { key: flagKey, percent: index + 1 }),
  ]).flat();
  const handle = await rig.start(plan([phase('p0', { steps })], { id }));
  const run = await client.resolveRun(handle.workflowId);
  for (let index = 0; index < phasesOfARun; index += 1) {
    const gate = await gateOf(client, run, `p0/seen${index}#1`);
    const sentAt = now();
    await client.attest(gate, { by: 'erin', answer: 'done' });
    const phaseId = phaseWorkflowId(migrationId(rig.environment.id, id), 'p0');
    waits.push((await startOf(rig, phaseId, sentAt)) - sentAt);
  }
  await handle.result();
}

function gateOf(
  client: PhasegateClient,
  run: Parameters<PhasegateClient['openGates']>[0],
  at: string
): Promise<OpenGate> {
  return until(`the gate ${at}`, async () => (await client.openGates(run)).find((gate) => gate.address === at), {
    everyMs: 100,
  });
}

/** The server's own time of it, asked for when it is surely over: a look in the meantime would cost what is measured. */
async function startOf(rig: Rig, workflowId: string, since: number): Promise<number> {
  await delay(overAfterMs);
  return until(
    `the start of the next step in ${workflowId}`,
    async () => firstAt(await eventsOf(rig.client, workflowId), 'ACTIVITY_TASK_STARTED', starts, since),
    { everyMs: 100 }
  );
}
