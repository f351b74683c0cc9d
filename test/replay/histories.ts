import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { codeTime } from '../../src/worker/code-time.js';
import { loadBundle, payloadConverterPath } from '../../src/worker/bundle.js';

const ending = '.json.gz';
const folder = fileURLToPath(new URL('../histories/', import.meta.url));

export interface Recorded {
  name: string;
  workflowId: string;
  history: Awaited<ReturnType<typeof historyOf>>;
}

export function historyOf(
  client: Client,
  workflowId: string
): ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']> {
  return client.workflow.getHandle(workflowId).fetchHistory();
}

/** Replays a history against the bundle of the build; throws when the workflow code no longer does what it did. */
export async function replay(recorded: Recorded): Promise<void> {
  const { code } = await loadBundle();
  await Worker.runReplayHistory(
    { workflowBundle: { code }, dataConverter: { payloadConverterPath }, ...codeTime },
    recorded.history,
    recorded.workflowId
  );
}

/** All histories that are committed, by file name. */
export function committed(from = folder): Recorded[] {
  return readdirSync(from)
    .filter((file) => file.endsWith(ending))
    .map((file) => {
      const { workflowId, history } = JSON.parse(gunzipSync(readFileSync(join(from, file))).toString()) as {
        workflowId: string;
        history: unknown;
      };
      return { name: file.slice(0, -ending.length), workflowId, history: historyFromJSON(history) };
    });
}

/**
 * Keeps a history for all later builds: `npm run record`. One that is there already stays as it is, to the byte: what
 * runs of an earlier build did is what later builds must replay. To record one anew, delete its file first.
 *
 * @returns whether it was written
 */
export function keep({ name, workflowId, history }: Recorded, into = folder): boolean {
  mkdirSync(into, { recursive: true });
  const file = join(into, `${name}${ending}`);
  if (existsSync(file)) return false;
  const text = historyToJSON(history);
  const plain = typeof text === 'string' ? (JSON.parse(text) as unknown) : text;
  // Where it was recorded is nobody's business: folders in stack traces, host and process in identities.
  const clean = JSON.stringify({ workflowId, history: plain }, (key, value: unknown) => {
    if (key === 'identity' || key === 'stackTrace') return '';
    return typeof value === 'string' ? value.replace(/\b\d+@[\w.-]+/g, 'worker') : value;
  });
  writeFileSync(file, gzipSync(clean, { level: 9 }), { flag: 'wx' });
  return true;
}
