import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Gauge, Registry } from 'prom-client';
import { expect, it, onTestFinished, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { freePorts, spawnServer } from '../../../demo/servers/processes.js';
import { serveHealth } from '../../../src/worker/http.js';
import { needs } from '../../support/needs.js';
import { shipped } from './plans.js';
import { rendered, tool } from './rendered.js';

const prometheusIsThere = (): string => needs('prometheus', 'apt-get install --no-install-recommends prometheus');

interface Scraping {
  rule_files: string[];
  scrape_configs: Array<{
    job_name: string;
    scrape_interval: string;
    static_configs: Array<{ targets: string[]; labels?: Record<string, string> }>;
  }>;
}

/** What docs/monitoring.md says of a `prometheus.yml`. */
function documented(): Scraping {
  const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/monitoring.md'), 'utf8');
  return parse(/```yaml\n(# prometheus\.yml\n[^]*?)```/.exec(page)?.[1] ?? '') as Scraping;
}

/** A worker's endpoint that tells of the run of the shipped plan, as a worker of its environment does. */
async function worker(environment: string, plan: string): Promise<string> {
  const registry = new Registry();
  new Gauge({ name: 'phasegate_run_read', help: '…', labelNames: ['environment', 'plan'], registers: [registry] })
    .labels({ environment, plan })
    .set(1);
  const health = await serveHealth({ host: '127.0.0.1', port: 0, registry, ready: () => true, about: () => ({}) });
  onTestFinished(() => health.close());
  return new URL(health.url).host;
}

it('promtool takes the scrape_configs of docs/monitoring.md beside the rendered rules', async () => {
  const { folder } = await rendered(await shipped());
  writeFileSync(path.join(folder, 'prometheus/prometheus.yml'), stringify(documented()));
  const { code, out } = await tool('promtool', path.join(folder, 'prometheus'), ['check', 'config', 'prometheus.yml']);
  expect(out).toContain('SUCCESS');
  expect(code).toBe(0);
});

it('with them a panel of the run shows what several workers export, also where targets have labels of their own', async () => {
  const command = prometheusIsThere();
  const frozen = await shipped();
  const { folder, files } = await rendered(frozen);
  const config = documented();
  const [job] = config.scrape_configs;
  const [group] = job?.static_configs ?? [];
  if (!job || !group) throw new Error('the example scrapes nothing');
  const { environment, plan } = frozen;
  expect(group.targets).toHaveLength(2);
  group.targets = [await worker(environment.id, plan.id), await worker(environment.id, plan.id)];
  // As many a Prometheus has: it would rename the worker's own.
  group.labels = { environment: 'eu-west' };
  job.scrape_interval = '1s';
  const configFile = path.join(folder, 'prometheus/prometheus.yml');
  writeFileSync(configFile, stringify(config));
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const server = await spawnServer({
    name: 'Prometheus',
    command,
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    logFile: path.join(folder, 'prometheus.log'),
    ready: { url: `${url}/-/ready` },
  });
  onTestFinished(() => server.stop());
  const ask = async (query: string): Promise<unknown> => {
    const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query }) });
    const { data } = (await response.json()) as { data: { result: Array<{ value: [number, string] }> } };
    return data.result.map(({ value }) => value[1]);
  };
  await vi.waitFor(async () => expect(await ask('sum(up{job="phasegate"})')).toEqual(['2']), {
    timeout: 30_000,
    interval: 200,
  });
  const { panels } = JSON.parse(files.get('grafana/operations.json' as never) ?? '') as {
    panels: Array<{ targets?: Array<{ expr: string }> }>;
  };
  const [panel] = panels
    .flatMap(({ targets = [] }) => targets)
    .filter(({ expr }) => expr.includes('phasegate_run_read'));
  expect(await ask(panel?.expr ?? '')).toEqual(['1']);
});
