import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PhasegateClient } from '../../../src/client/phasegate-client.js';
import { ownServer } from '../../support/servers/own-server.js';
import { openStage, type Stage } from '../../support/stage/stage.js';
import { allCells, type Cell } from './cells.js';
import { faultsIn } from './invariants.js';
import { unexpected } from './occurrences.js';
import { play, type Played } from './play.js';
import { Saboteur } from './saboteur.js';
import { matrixTable } from './table.js';

/** Runs at a time: most of a slow cell is waiting for a timeout of the server. */
const atATime = 16;
const withinMs = 600_000;

const saboteur = new Saboteur();
const close: Array<() => Promise<unknown>> = [];
let stage: Stage;
let client: PhasegateClient;

beforeAll(async () => {
  // Other workers of the same queue would take activities that are to fail.
  const server = await ownServer();
  close.unshift(() => server.stop());
  stage = await openStage({}, undefined, server, saboteur.interceptors);
  close.unshift(() => stage.close());
  const env = { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: server.namespace };
  client = await PhasegateClient.connect({ env });
  close.unshift(() => client.close());
});
afterAll(async () => {
  for (const plot of saboteur.plots.values()) plot.close();
  for (const one of close) await one();
});

describe('every activity, at every place where it occurs', () => {
  it('may fail in six ways, and the run still comes to a right end', { timeout: 3_600_000 }, async () => {
    const only = new RegExp(process.env.MATRIX_CELLS ?? '');
    const cells = allCells().filter((cell) => only.test(cell.name));
    const startedAt = Date.now();
    const { ends, wrong } = await playAll(cells);
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    process.stdout.write(`${matrixTable(ends)}\n${ends.length} of ${cells.length} cells ended, ${seconds} s\n`);
    expect([...wrong, ...unexpected(saboteur.calls)]).toEqual([]);
  });
});

async function playAll(cells: readonly Cell[]): Promise<{ ends: Played[]; wrong: string[] }> {
  const ends: Played[] = [];
  const wrong: string[] = [];
  const waiting = [...cells];
  const one = async (): Promise<void> => {
    for (let cell = waiting.shift(); cell; cell = waiting.shift()) {
      const { name } = cell;
      try {
        const played = await play(stage, saboteur, cell, withinMs);
        ends.push(played);
        wrong.push(...(await faultsIn(stage, client, played)).map((what) => `${name}: ${what}`));
        played.plot.close();
      } catch (error) {
        wrong.push(`${name}: ${String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: atATime }, one));
  return { ends, wrong };
}
