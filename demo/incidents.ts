import { setTimeout as delay } from 'node:timers/promises';
import { PhasegateClient } from '../src/client/phasegate-client.js';
import type { RunRef, RunSnapshot } from '../src/client/read/snapshot.js';
import { isUnresolved } from '../src/plan/incidents/status.js';
import type { IncidentStatus } from '../src/plan/watch-status.js';
import type { Cli } from './cli.js';
import type { Keepsakes } from './keepsakes.js';
import type { Told } from './servers/receivers.js';

/** Whoever leads incidents in the demo. */
const commander = 'erin';

/**
 * The engineering lead of the demo beside the run: acknowledges each incident at once, and says of one that holds the run
 * that it is mended, which counts only when the metrics say so too.
 */
export class Commander {
  private readonly cli: Cli;
  private readonly run: string;
  private readonly acknowledged = new Set<string>();
  private resolving: Promise<void> | undefined;

  constructor(cli: Cli, run: string) {
    this.cli = cli;
    this.run = run;
  }

  async watch({ incidents = [], run }: RunSnapshot): Promise<void> {
    for (const { workflowId, number, state } of incidents) {
      if (state !== 'open' || this.acknowledged.has(workflowId)) continue;
      this.acknowledged.add(workflowId);
      await this.type('incident', 'ack', String(number), this.run);
    }
    const holding = incidents.find(({ number }) => run.held?.by === `incident/${number}`);
    if (!holding || this.resolving) return;
    const words = [
      'incident',
      'resolve',
      String(holding.number),
      this.run,
      '--reason',
      'mended, as far as the demo can',
    ];
    this.resolving = this.type(...words).finally(() => (this.resolving = undefined));
  }

  private async type(...words: string[]): Promise<void> {
    const { code, stderr } = await this.cli.run([...words, '--as', commander]);
    // A HOLD that metrics keep open is tried again as long as it is there.
    if (code !== 0 && words[1] !== 'resolve') process.stderr.write(`demo: ${words.join(' ')}: ${stderr}\n`);
  }
}

interface After {
  run: string;
  told: readonly Told[];
  interactive: boolean;
  kept: Pick<Keepsakes, 'draft'>;
  say: (line: string) => void;
}

/** When the run is over: the procedure is worked through, what is mended is resolved, and the draft of each post-mortem is kept. */
export async function closeIncidents(cli: Cli, { run, told, interactive, kept, say }: After): Promise<void> {
  const client = await PhasegateClient.connect({ env: cli.env });
  try {
    const ref = await client.resolveRun(run);
    const found = await client.incidents(ref);
    for (const incident of found) {
      if (!interactive && incident.state !== 'closed') await close(cli, run, incident);
    }
    for (const { number } of found) {
      await drafted(client, ref, number);
      const { stdout } = await cli.run(['incident', 'show', String(number), run]);
      for (const line of stdout.trimEnd().split('\n')) say(`  ${line}`);
      say(await kept.draft(number));
    }
  } finally {
    await client.close();
  }
  if (told.length === 0) return;
  say('told, to the stand-ins:');
  for (const { at, to, what } of told) say(`  ${new Date(at).toISOString().slice(11, 19)}  ${to}: ${what}`);
}

/** A draft is stored a moment after the resolution; of one that is not resolved there is none to wait for. */
async function drafted(client: PhasegateClient, run: RunRef, number: number): Promise<void> {
  for (let attempt = 0; attempt < 40; attempt++) {
    const { state, postMortem } = await client.incident(run, String(number));
    if (postMortem.draft || isUnresolved({ state })) return;
    await delay(250);
  }
}

async function close(cli: Cli, run: string, { number, warRoom, tasks, state }: IncidentStatus): Promise<void> {
  const type = async (...words: string[]): Promise<void> => {
    const { code, stderr } = await cli.run(['incident', ...words, '--as', commander]);
    if (code !== 0) process.stderr.write(`demo: incident ${words.join(' ')}: ${stderr}\n`);
  };
  if (state === 'open') await type('ack', String(number), run);
  const todo = [...(warRoom?.steps ?? []), ...tasks].filter(({ doneAt }) => doneAt === undefined);
  const last = (id: string): boolean => id === 'validate' || id === 'post-mortem';
  for (const { id } of todo.filter((one) => !last(one.id)))
    await type('step', String(number), id, run, '--note', 'done in the demo');
  await type('resolve', String(number), run, '--reason', 'everything is as it was before');
}
