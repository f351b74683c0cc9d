import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { startPrometheus } from '../../../demo/servers/prometheus.js';
import type { ScrapeTarget } from '../../../demo/servers/prometheus.js';
import { tempFolder } from '../../../src/client/dev-server/temp-folder.js';

/** A series with a value every 15 s from `from` to `to` (epoch ms); undefined leaves a gap. */
export interface BackfilledSeries {
  name: string;
  type: 'gauge' | 'counter';
  labels?: string;
  valueAt: (seconds: number) => number | undefined;
}

export interface BackfilledPrometheus {
  url: string;
  pid: number;
  stop(): Promise<void>;
  /** Starts it again on the same port and data. */
  restart(): Promise<BackfilledPrometheus>;
  /** Removes its data. */
  remove(): void;
}

const stepSeconds = 15;

/**
 * A real Prometheus on loopback over series written into its database beforehand: half an hour can be judged without
 * waiting for it. `valueAt` gets the seconds since `from`.
 */
export async function backfilledPrometheus(
  series: readonly BackfilledSeries[],
  { from, minutes, promtool }: { from: number; minutes: number; promtool: string },
  targets: readonly ScrapeTarget[] = []
): Promise<BackfilledPrometheus> {
  const stateDir = tempFolder('prometheus');
  if (series.length > 0) {
    const file = path.join(stateDir, 'series.om');
    writeFileSync(file, openMetrics(series, from, minutes));
    await promisify(execFile)(promtool, [
      'tsdb',
      'create-blocks-from',
      'openmetrics',
      file,
      path.join(stateDir, 'data'),
    ]);
  }
  return start(stateDir, targets);
}

async function start(stateDir: string, targets: readonly ScrapeTarget[], port?: number): Promise<BackfilledPrometheus> {
  const server = await startPrometheus({ stateDir, targets, ...(port !== undefined && { port }) });
  if (!server) throw new Error('there is no prometheus on the PATH');
  return {
    url: server.url,
    pid: server.pid,
    stop: () => server.stop(),
    restart: () => start(stateDir, targets, Number(new URL(server.url).port)),
    remove: () => rmSync(stateDir, { recursive: true, force: true }),
  };
}

function openMetrics(series: readonly BackfilledSeries[], from: number, minutes: number): string {
  const lines: string[] = [];
  const names = new Set(series.map(({ name }) => name));
  for (const name of names) {
    const ofName = series.filter((each) => each.name === name);
    const type = ofName[0]?.type ?? 'gauge';
    lines.push(`# TYPE ${type === 'counter' ? name.replace(/_total$/, '') : name} ${type}`);
    for (const { labels, valueAt } of ofName) {
      for (let seconds = 0; seconds <= minutes * 60; seconds += stepSeconds) {
        const value = valueAt(seconds);
        if (value !== undefined) lines.push(`${name}${labels ?? ''} ${value} ${from / 1000 + seconds}`);
      }
    }
  }
  return [...lines, '# EOF', ''].join('\n');
}
