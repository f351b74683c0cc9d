import { PhasegateError } from '../../plan/errors.js';
import { exitCodes, type ExitCode } from '../../plan/outcome.js';
import { runWorker, type RunWorkerOptions } from '../../worker/index.js';
import { clean } from '../render/clean.js';
import type { Context } from './context.js';
import { environmentFile } from './documents.js';
import { environmentWarning } from './environment-warning.js';
import { twoSignals } from './two-signals.js';

/** Runs a worker until it is stopped. An environment may be a file, or the id alone: a worker needs only that. */
export async function runWorkerFor(
  context: Context,
  environment: string | undefined,
  vars: Record<string, string>,
  options: Omit<RunWorkerOptions, 'environment'>
): Promise<ExitCode> {
  const id = environment === undefined ? undefined : await environmentId(environment, vars);
  const warning = environment === undefined || id !== environment ? undefined : environmentWarning(id);
  if (warning !== undefined) context.note(warning);
  // The SDK stops the workers on the first one, too.
  const stopListening = twoSignals(
    () => context.note('stopping: windows are handed over, commands have 5 s. Ctrl-C again ends it at once.'),
    () => context.note('ended at once: what was under way is taken up by another worker, or by the next one.')
  );
  await runWorker({
    ...options,
    signal: context.timeUp,
    ...(id === undefined ? {} : { environment: id }),
    onReady: ({ healthUrl, buildId, queues, standing }) => {
      context.note(
        `worker ready: polls ${queues.join(', ')}; build ${buildId}; health ${healthUrl}. Ctrl-C stops it; windows are handed over.`
      );
      if (standing?.current === false) {
        context.note(
          `! new runs start on build ${standing.instead}, not on this one, which serves only the runs pinned to it.`,
          '  To make this build current, stop it and start it with: phasegate worker --promote'
        );
      }
    },
  }).finally(stopListening);
  return context.timeUp.aborted ? exitCodes.timeout : exitCodes.ok;
}

/** Runs carry their environment with them; a worker only has to know which one it serves. */
async function environmentId(given: string, vars: Record<string, string>): Promise<string> {
  if (!/\.ya?ml$/.test(given) && !given.includes('/')) return given;
  const { readEnvironment } = await import('../../plan/read-and-freeze.js');
  const { document, faults } = await readEnvironment(environmentFile(given), vars);
  const errors = faults.filter((fault) => fault.severity === 'error');
  if (document && errors.length === 0) return document.id;
  const { renderFaults } = await import('../../plan/loading/fault.js');
  throw new PhasegateError('PG100', `the environment has faults:\n${clean(renderFaults(errors))}`, { where: given });
}
