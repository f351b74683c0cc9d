import { sameDigest, short } from '../../plan/gate-rules.js';
import { PhasegateError } from '../../plan/errors.js';
import { requirePerson } from '../act/person.js';
import { buildPreview } from '../preview/build-preview.js';
import { previewLines } from '../preview/preview-lines.js';
import type { RunRef } from '../read/snapshot.js';
import { cleanDeep, safeJson } from '../render/clean.js';
import { runName } from '../../plan/text/command-lines.js';
import { confirm, confirmTyped } from './ask.js';
import type { Context } from './context.js';
import { freezeDocuments, type DocumentOptions } from './documents.js';
import type { Progress } from './follow.js';

export interface StartOptions extends DocumentOptions {
  yes?: boolean;
  confirm?: string;
  digest?: string;
  watch?: boolean;
  quiet?: boolean;
  progress: Progress;
  output: 'table' | 'json' | 'name';
}

/** Previews, asks, starts; what was previewed is what is started, since both are the one frozen form. */
export async function start(context: Context, plan: string, options: StartOptions): Promise<RunRef> {
  const { frozen, warnings } = await freezeDocuments(context, plan, options);
  const { source } = context.me;
  const name = requirePerson(frozen.environment, context.me.name);
  if (options.digest !== undefined && !sameDigest(frozen.digest, options.digest)) {
    throw new PhasegateError(
      'PG206',
      `plan, environment and variables have the digest ${frozen.digest}, not ${options.digest}`,
      {
        hint: 'Something changed since the preview. Look at it again with: phasegate plan',
      }
    );
  }
  const preview = buildPreview({ frozen, warnings, startedBy: name, startAt: context.io.now() });
  if (!options.quiet) context.note(...previewLines(cleanDeep(preview), context.errPaint, context.columns), '');
  const { environment } = frozen;
  if (environment.trust === 'identity') {
    context.note(`You are ${name} (${source}); in ${environment.id} names are believed and not verified.`);
  }
  context.note('connecting…');
  const client = await context.connect();
  context.note(`checking ${client.server.address} for runs that stand in the way…`);
  await client.refuseIfUnable(frozen);

  const question = `Start ${preview.run} (${short(frozen.digest)})?`;
  if (environment.kind === 'production') await confirmTyped(context, question, environment.id, options.confirm);
  else await confirm(context, question, options.yes === true || options.confirm === environment.id);

  const run = await client.start(frozen, name);
  const ref = runName(run.workflowId);
  if (options.output === 'json') context.print(safeJson({ schemaVersion: 1, ...run, digest: frozen.digest }, 2));
  else context.print(run.workflowId);
  const idle = await client.idleQueues(environment.id);
  if (idle.length > 0) {
    context.note(
      context.errPaint('warn', `! no worker polls ${idle.join(', ')}: nothing happens until one does.`),
      `  Start one with: phasegate worker --env ${options.env ?? environment.id}`
    );
  }
  if (!options.watch) context.note(`started. Follow it with: phasegate watch ${ref}`);
  return run;
}
