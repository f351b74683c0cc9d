import { z } from 'zod';
import { check, CheckFailed, expectArguments, runCommand } from './outcome.js';
import { call, errorText } from './platform-client.js';

const backupSchema = z.object({ file: z.string(), sha256: z.string(), takenAt: z.string(), intact: z.boolean() });

/** `backup`: takes a snapshot of the platform's state and reads it back. */
await runCommand(async (args) => {
  expectArguments(args, [], 'backup');
  const reply = await call('POST', '/admin/backups');
  const parsed = backupSchema.safeParse(reply.json);
  if (reply.status !== 200 || !parsed.success) throw new CheckFailed(`no backup was taken: ${errorText(reply)}`);
  check(parsed.data.intact, `the backup ${parsed.data.file} cannot be read back`);
  return `${parsed.data.file} sha256:${parsed.data.sha256}`;
});
