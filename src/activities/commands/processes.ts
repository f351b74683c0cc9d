import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 40;
/** A process that KILL does not end is stuck in the kernel: waiting longer is no use. */
const afterKillMs = 2_000;

/**
 * What tells a process from a later one with the same number: its start time, as the wrapper writes it down. On Linux
 * that is field 22 of /proc/PID/stat; elsewhere what `ps -o lstart=` prints. Undefined when it does not run.
 */
export function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const line = statLine(pid);
    return line === undefined ? undefined : startFrom(line);
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    // ps exits with 1 when there is no such process.
    return undefined;
  }
}

/** The start time in a line that the wrapper wrote: a whole /proc/PID/stat line, or the output of ps. */
export function startFrom(line: string): string | undefined {
  const fields = /^\d+ \(.*\) (\S) (.*)$/s.exec(line.trim());
  if (fields === null) return line.trim() || undefined;
  // A zombie has ended; in a container without an init it may stay listed for good.
  if (fields[1] === 'Z') return undefined;
  return fields[2]?.split(' ')[18];
}

/** Whether the process that was started then still runs. */
export function isAlive(pid: number, start: string): boolean {
  return startOf(pid) === start;
}

/** Changes with every boot: a process number of before means nothing. Empty where the system does not say. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/**
 * Ends a process group: TERM, then KILL after `graceMs`. Does nothing when the number now belongs to somebody else.
 *
 * @param start of the group's leader, so that a reused number is not hit
 */
export async function stopGroup(pid: number, start: string, graceMs: number): Promise<void> {
  const now = startOf(pid);
  if (now !== undefined && now !== start) return;
  if (!signalGroup(pid, 'SIGTERM')) return;
  if (await isGone(pid, graceMs)) return;
  signalGroup(pid, 'SIGKILL');
  await isGone(pid, afterKillMs);
}

async function isGone(pid: number, withinMs: number): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (signalGroup(pid, 0) && hasLiving(pid)) {
    if (Date.now() >= until) return false;
    await delay(pollMs);
  }
  return true;
}

/** Whether a group has a process that is no zombie: in a container without an init those are never reaped. */
function hasLiving(group: number): boolean {
  if (process.platform !== 'linux') return true;
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false;
    const [, state, pgrp] = /^\d+ \(.*\) (\S) \d+ (\d+) /s.exec(statLine(name) ?? '') ?? [];
    return Number(pgrp) === group && state !== 'Z';
  });
}

/** The line of /proc/PID/stat; undefined when there is no such process. */
function statLine(pid: number | string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
}

/** False when the group has no process left. */
function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
