import { rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { ServerProcess } from '../../../src/client/dev-server/index.js';
import { tempFolder } from '../../../src/client/dev-server/temp-folder.js';
import type { Channel } from '../../../src/plan/model.js';
import { payloadConverterPath } from '../../../src/worker/bundle.js';
import { serve, type SeenRequest, type TestServer } from '../activities/http-server.js';
import { politely, serveRoughly, type RoughMailServer, type Turn } from '../activities/rough-smtp.js';
import { startMortalTemporal, type MortalTemporal } from '../fire/temporal.js';
import { alertInput } from './alert-input.js';
import { startAlert, type Alert } from './alert-stage.js';
import { spawnWorker } from '../worker-process.js';

/** What a receiver does with a request; by default it takes it. */
export interface HttpReceiver extends TestServer {
  answer: (request: SeenRequest, response: ServerResponse) => void;
}

/** A Temporal server and worker processes to kill, and one receiver on loopback for each kind of channel. */
export interface PagingFront extends AsyncDisposable {
  temporal: MortalTemporal;
  pager: HttpReceiver;
  slack: HttpReceiver;
  webhook: HttpReceiver;
  mail: RoughMailServer & { answer: (command: string) => Turn };
  /** @param only not everything, but this alone */
  startWorker(only?: 'workflows' | 'activities'): Promise<ServerProcess>;
  start(change?: Parameters<typeof alertInput>[0]): Promise<Alert>;
}

export const everyKind = ['pager', 'slack', 'webhook', 'mail'] as const;

export async function openPagingFront(): Promise<PagingFront> {
  const folder = tempFolder('paging');
  const ends: Array<() => unknown> = [() => rmSync(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).toReversed()) await end();
  };
  try {
    const temporal = await startMortalTemporal(folder);
    ends.push(() => temporal.stop());
    const connection = await Connection.connect({ address: temporal.address });
    ends.push(() => connection.close());
    const client = new Client({ connection, namespace: temporal.namespace, dataConverter: { payloadConverterPath } });
    const [pager, slack, webhook] = await Promise.all([receiver(202), receiver(200), receiver(204)]);
    const mail = await mailReceiver();
    ends.push(...[pager, slack, webhook, mail].map((one) => () => one[Symbol.asyncDispose]()));
    const environmentId = 'paging';
    const channels: Channel[] = [
      { kind: 'pagerduty', name: 'pager', url: pager.url, routingKey: 'canary-key' },
      { kind: 'slack', name: 'slack', url: slack.url },
      { kind: 'webhook', name: 'webhook', url: webhook.url, headers: {} },
      { kind: 'email', name: 'mail', smtp: mail.smtp, security: 'none', from: 'phasegate@example.test', to: [] },
    ];
    let workers = 0;
    let plans = 0;
    return {
      temporal,
      pager,
      slack,
      webhook,
      mail,
      async startWorker(only) {
        workers += 1;
        const worker = await spawnWorker({
          temporal,
          environmentId: only === 'workflows' ? undefined : environmentId,
          folder,
          logFile: join(folder, `worker-${workers}.log`),
          activitiesOnly: only === 'activities',
        });
        ends.push(() => worker.stop());
        return worker;
      },
      start(change = {}) {
        plans += 1;
        return startAlert(client, alertInput({ environmentId, planId: `plan-${plans}`, channels, ...change }));
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function receiver(status: number): Promise<HttpReceiver> {
  const script: Pick<HttpReceiver, 'answer'> = { answer: (_, response) => response.writeHead(status).end() };
  const server = await serve((request, response) => script.answer(request, response));
  return Object.assign(script, server);
}

async function mailReceiver(): Promise<PagingFront['mail']> {
  const mail: PagingFront['mail'] = Object.assign(await serveRoughly((command) => mail.answer(command)), {
    answer: politely,
  });
  return mail;
}
