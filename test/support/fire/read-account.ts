import type { Ground, JournalLine } from './ground.js';
import type { Account, CommandRun, Moment, Sample, WindowRecord } from './model/account.js';
import type { MetricSource } from '../../../src/plan/model.js';
import { chunkOf, storedOf } from './evidence-files.js';
import { guardsIn } from './read-guards.js';

interface Asked {
  ground: Ground;
  evidenceDir: string;
  run: string;
  /** Epoch ms. */
  startedAt: number;
  targets: readonly string[];
}

/** Puts together what the target systems recorded of a run, and the windows that its evidence tells of. */
export function readAccount({ ground, evidenceDir, run, startedAt, targets }: Asked): Account {
  const journal = ground.journal();
  const statesOf = (target: string): Moment[] => {
    const name = target.slice(target.indexOf('/') + 1);
    if (target.startsWith('flag/')) return ground.recorder.statesOf(name);
    const effects = journal.filter((line) => line.target === name && line.what === 'effect');
    return [{ at: 0, state: 'v1' }, ...effects.map(({ revision, at }) => ({ at, state: revision }))];
  };
  return {
    states: Object.fromEntries(targets.map((target) => [target, statesOf(target)])),
    idleWrites: ground.recorder.idleWrites().filter((at) => at >= startedAt),
    commands: commandsIn(journal).filter(({ target }) => targets.includes(target)),
    windows: windowsIn(evidenceDir, run),
    guards: guardsIn(evidenceDir, run),
    holes: ground.recorder.holes(),
  };
}

function commandsIn(journal: readonly JournalLine[]): CommandRun[] {
  return journal
    .filter(({ what }) => what === 'begin')
    .map((begin) => {
      const when = (which: JournalLine['what']): number | undefined =>
        journal.find(({ what, pid, key }) => what === which && pid === begin.pid && key === begin.key)?.at;
      const [effectAt, endedAt] = [when('effect'), when('end')];
      const { verb, revision, key, at: startedAt } = begin;
      return {
        target: `deploy/${begin.target}`,
        verb,
        revision,
        key,
        startedAt,
        ...(effectAt === undefined ? {} : { effectAt }),
        ...(endedAt === undefined ? {} : { endedAt }),
      };
    });
}

interface StoredSample {
  k: number;
  at: number;
  readings: Record<string, { kind: string; value?: number }>;
}

interface StoredWindow {
  origin: { run: string; address: string };
  t0: number;
  spec: Record<'warmUp' | 'every' | 'length', { ms: number }>;
  chunks: Array<{ digest: string }>;
  samples: StoredSample[];
  verdict?: string;
  source: MetricSource;
}

/** The windows of a run, each put together from all that was stored of it, across the HOLDs in its middle. */
export function windowsIn(evidenceDir: string, run: string): WindowRecord[] {
  const windows = new Map<string, WindowRecord>();
  for (const document of storedOf<StoredWindow>(evidenceDir, 'window')) {
    const { origin, t0, spec, chunks, verdict = '', source } = document;
    if (origin.run !== run) continue;
    const stored = chunks.map(({ digest }) => chunkOf<{ samples: StoredSample[] }>(evidenceDir, digest));
    const samples = [...stored.flatMap((chunk) => chunk.samples), ...document.samples];
    const id = `${origin.address} ${t0}`;
    const known = windows.get(id);
    const ours = samples.map(({ k, at, readings }) => {
      const valid = Object.values(readings).every(({ kind }) => kind === 'value');
      return { k, at, valid, readings: readingsIn(readings, source) };
    });
    const merged = [...(known?.samples ?? []), ...ours].toSorted((a, b) => a.k - b.k);
    windows.set(id, {
      address: origin.address,
      t0,
      warmUpMs: spec.warmUp.ms,
      everyMs: spec.every.ms,
      lengthMs: spec.length.ms,
      verdict: [known?.verdict, verdict].includes('PASS') ? 'PASS' : verdict,
      samples: merged.filter((sample, index) => JSON.stringify(sample) !== JSON.stringify(merged[index - 1])),
    });
  }
  return [...windows.values()].toSorted((a, b) => a.t0 - b.t0);
}

function readingsIn(readings: StoredSample['readings'], { bindings }: MetricSource): Sample['readings'] {
  return Object.entries(readings).map(([metric, { value }]) => {
    const query = bindings[metric]?.promql ?? metric;
    return value === undefined ? { query } : { query, value };
  });
}
