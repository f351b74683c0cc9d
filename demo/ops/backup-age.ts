import { parseArgs } from 'node:util';
import { z } from 'zod';
import { CannotTell, check, runCommand } from './outcome.js';
import { read } from './platform-client.js';

const UNIT_SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

const backupsSchema = z.object({
  backups: z.array(z.object({ file: z.string(), takenAt: z.iso.datetime(), intact: z.boolean() })),
});

/** `backup-age --max 24h`: the newest intact backup is not older than that. */
await runCommand(async (args) => {
  const max = maximumAge(args);
  const { backups } = await read('/admin/backups', backupsSchema);
  const newest = backups.find((backup) => backup.intact);
  check(newest !== undefined, `there is no intact backup (${backups.length} damaged); take one with: backup`);
  const age = Math.round((Date.now() - Date.parse(newest.takenAt)) / 1000);
  check(age <= max, `the newest intact backup is ${age} s old, more than ${max} s: ${newest.file}`);
  return `${newest.file} is ${age} s old`;
});

/** Seconds. */
function maximumAge(args: readonly string[]): number {
  const usage = 'usage: backup-age --max <number><s|m|h|d>';
  try {
    const { values } = parseArgs({ args: [...args], options: { max: { type: 'string' } } });
    const [, amount, unit] = /^(\d+)([smhd])$/.exec(values.max ?? '') ?? [];
    const seconds = Number(amount) * (UNIT_SECONDS[unit ?? ''] ?? Number.NaN);
    if (Number.isNaN(seconds)) throw new CannotTell(usage);
    return seconds;
  } catch {
    throw new CannotTell(usage);
  }
}
