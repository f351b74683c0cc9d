import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../until.js';

export interface Alertmanager extends AsyncDisposable {
  url: string;
  /** Posts alerts as Prometheus does. */
  post(...alerts: object[]): Promise<void>;
  /** Requests that the webhook did not take, by the server's own count. */
  failed(): Promise<number>;
}

/** The real Alertmanager on a free loopback port, which posts every alert to one webhook, again each second. */
export function startAlertmanager(program: string, url: string, token: string): Promise<Alertmanager> {
  const config = {
    route: {
      receiver: 'phasegate',
      group_by: ['...'],
      group_wait: '0s',
      group_interval: '1s',
      repeat_interval: '1s',
    },
    receivers: [
      {
        name: 'phasegate',
        webhook_configs: [
          { url, send_resolved: true, http_config: { authorization: { type: 'Bearer', credentials: token } } },
        ],
      },
    ],
  };
  return runAlertmanager(program, JSON.stringify(config));
}

/** The same with a configuration of one's own. */
export async function runAlertmanager(program: string, config: string): Promise<Alertmanager> {
  const folder = await mkdtemp(path.join(tmpdir(), 'phasegate-alertmanager-'));
  const file = path.join(folder, 'alertmanager.yml');
  await writeFile(file, config, { mode: 0o600 });
  const port = await freePort();
  const server = spawn(
    program,
    [
      `--config.file=${file}`,
      `--storage.path=${path.join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' }
  );
  const exited = once(server, 'exit');
  const base = `http://127.0.0.1:${port}`;
  await until('Alertmanager', async () => (await fetch(`${base}/-/ready`)).ok, { withinMs: 20_000 });
  return {
    url: base,
    async post(...alerts) {
      const answer = await fetch(`${base}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts),
      });
      if (!answer.ok) throw new Error(`Alertmanager answered ${answer.status} ${await answer.text()}`);
    },
    async failed() {
      const metrics = await (await fetch(`${base}/metrics`)).text();
      const line = /^alertmanager_notification_requests_failed_total\{integration="webhook"\} (\d+)/m.exec(metrics);
      return Number(line?.[1] ?? 0);
    },
    async [Symbol.asyncDispose]() {
      server.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
