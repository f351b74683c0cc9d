import { existsSync, readFileSync } from 'node:fs';
import { distributionOf } from './distribution.js';

/** Of Linux; the kernel's clock ticks at 100 Hz wherever Node runs. */
const ticksPerSecond = 100;

/** What a process used while it was watched. */
export interface Usage {
  /** Share of one core, in percent. */
  cpuPercent: number;
  /** Resident memory, median and greatest, in MB (2^20 bytes). */
  rssMb: number;
  rssMaxMb: number;
}

/** Watches processes through /proc, from now until `stop`. */
export function watchUsage<Name extends string>(pids: Record<Name, number>): { stop: () => Record<Name, Usage> } {
  const names = Object.keys(pids) as Name[];
  const startedAt = performance.now();
  const cpuBefore = Object.fromEntries(names.map((name) => [name, cpuSeconds(pids[name])]));
  const rss = Object.fromEntries(names.map((name) => [name, [residentMb(pids[name])]]));
  const timer = setInterval(() => {
    // Whoever failed before `stop` has stopped the process: that failure is to be heard, not this one.
    for (const name of names) if (existsSync(`/proc/${pids[name]}`)) rss[name]?.push(residentMb(pids[name]));
  }, 1000);
  timer.unref();
  const usageOf = (name: Name): Usage => {
    const seconds = (performance.now() - startedAt) / 1000;
    const { p50, max } = distributionOf(rss[name] ?? []);
    const used = cpuSeconds(pids[name]) - (cpuBefore[name] ?? 0);
    return { cpuPercent: (100 * used) / seconds, rssMb: p50, rssMaxMb: max };
  };
  return {
    stop: () => {
      clearInterval(timer);
      return Object.fromEntries(names.map((name) => [name, usageOf(name)])) as Record<Name, Usage>;
    },
  };
}

export function usageText({ cpuPercent, rssMb, rssMaxMb }: Usage): string {
  return `${cpuPercent.toFixed(1)} % of a core, ${rssMb.toFixed(0)} MB (at most ${rssMaxMb.toFixed(0)} MB)`;
}

/** User and system time of all threads. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name may hold blanks, so fields are counted from behind it: state is the third of the file.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
