import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { PROMETHEUS_INSTALL, prometheusConfig, startPrometheus } from '../../../demo/servers/prometheus.js';
import { needs } from '../../support/needs.js';
import { scratchFolder } from '../../support/servers/scratch.js';

async function metricsEndpoint(text: string): Promise<string> {
  const server = createServer((_, response) => response.end(text)).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
}

interface Answer {
  data: { result: { metric: Record<string, string>; value: [number, string] }[] };
}

describe('Prometheus', () => {
  it('scrapes its targets by their job, and keeps what it saw over a restart', async () => {
    needs('prometheus', PROMETHEUS_INSTALL);
    const url = await metricsEndpoint('chats_total 42\n');
    const options = { targets: [{ job: 'chat', url }], stateDir: scratchFolder() };
    const first = await startPrometheus(options);
    const query = async (base: string, time: number) =>
      (await (await fetch(`${base}/api/v1/query?query=chats_total&time=${time}`)).json()) as Answer;
    const sample = await vi.waitFor(
      async () => {
        const { data } = await query(first!.url, Date.now() / 1000);
        expect(data.result).toHaveLength(1);
        return data.result[0]!;
      },
      { timeout: 15_000, interval: 200 }
    );
    expect(sample.metric).toMatchObject({ job: 'chat' });
    expect(sample.value[1]).toBe('42');
    await first!.stop();

    const second = await startPrometheus({ ...options, targets: [] });
    onTestFinished(() => second!.stop());
    expect((await query(second!.url, sample.value[0])).data.result[0]?.value[1]).toBe('42');
  });

  it('that is not on the PATH is no error: the reason and the remedy are said', async () => {
    const said: string[] = [];
    const log = (line: string) => void said.push(line);
    const stateDir = scratchFolder();
    await expect(startPrometheus({ targets: [], stateDir, env: { PATH: stateDir }, log })).resolves.toBeUndefined();
    expect(said).toEqual([`no Prometheus: there is no \`prometheus\` on the PATH (${PROMETHEUS_INSTALL})`]);
  });

  it('never waits longer for a scrape than the time between two', () => {
    expect(prometheusConfig({ targets: [{ job: 'a', url: 'http://127.0.0.1:1/metrics' }] })).toMatch(
      /scrape_interval: 1s\n {2}scrape_timeout: 1s/
    );
  });
});
