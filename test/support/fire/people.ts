import { setTimeout as delay } from 'node:timers/promises';
import { PhasegateClient } from '../../../src/client/phasegate-client.js';
import type { OpenGate } from '../../../src/client/read/snapshot.js';
import { PhasegateError } from '../../../src/plan/errors.js';

/** What a test's people do at a gate; undefined: they leave it alone. */
export type Manners = (gate: OpenGate) => 'approve' | 'reject' | 'done' | 'retry' | 'waive' | undefined;

/** Everybody says yes, and a HOLD is left to somebody else. */
export const agreeable: Manners = ({ kind }) =>
  (({ approval: 'approve', attestation: 'done', hold: undefined }) as const)[kind];

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
        await say(client, gate, word);
        answered.push(`${word} ${gate.address}`);
      }
    }
    await pause();
  }

  function pause(): Promise<void> {
    return delay(lookEveryMs, undefined, { signal: home.signal }).catch(() => undefined);
  }
}

async function say(client: PhasegateClient, gate: OpenGate, word: NonNullable<ReturnType<Manners>>): Promise<void> {
  const by = gate.people[0] ?? '';
  const reason = 'a test says so';
  switch (word) {
    case 'approve':
      return void (await client.approve(gate, { by }));
    case 'reject':
      return void (await client.reject(gate, { by, reason }));
    case 'done':
      return void (await client.attest(gate, { by, answer: 'done', evidence: reason }));
    case 'retry':
      return void (await client.retry(gate, { by }));
    case 'waive':
      return void (await client.waive(gate, { by, reason }));
  }
}
