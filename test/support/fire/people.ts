import { setTimeout as delay } from 'node:timers/promises';
import { PhasegateClient } from '../../../src/client/phasegate-client.js';
import { PhasegateError } from '../../../src/plan/errors.js';
import { agreeable, say, type Manners } from '../manners.js';

/** People who look at a run until they are sent home, and answer its gates; an answer that got lost they give again. */
export interface People {
  /** Answers that were taken: `approve 1a/approval#1`. */
  answered: string[];
  goHome(): Promise<void>;
}

const lookEveryMs = 1_000;

export function playPeople(
  { address, namespace }: { address: string; namespace: string },
  workflowId: string,
  manners: Manners = agreeable
): People {
  const home = new AbortController();
  const answered: string[] = [];
  const playing = play();
  return {
    answered,
    async goHome() {
      home.abort();
      await playing;
    },
  };

  async function play(): Promise<void> {
    while (!home.signal.aborted) {
      try {
        const client = await PhasegateClient.connect({ address, namespace, env: {} });
        try {
          while (!home.signal.aborted) await look(client);
        } finally {
          await client.close();
        }
      } catch (error) {
        // A server that is being killed answers nobody, and a gate may close while somebody still types.
        if (!(error instanceof PhasegateError)) throw error;
      }
      await pause();
    }
  }

  async function look(client: PhasegateClient): Promise<void> {
    const run = await client.resolveRun(workflowId);
    for (const gate of await client.openGates(run)) {
      const word = manners(gate);
      if (word !== undefined && !home.signal.aborted) {
        await say(client, gate, gate.people[0] ?? '', word);
        answered.push(`${word} ${gate.address}`);
      }
    }
    await pause();
  }

  function pause(): Promise<void> {
    return delay(lookEveryMs, undefined, { signal: home.signal }).catch(() => undefined);
  }
}
