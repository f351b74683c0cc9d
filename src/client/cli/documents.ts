import { existsSync } from 'node:fs';
import path from 'node:path';
import { PhasegateError } from '../../plan/errors.js';
import { exitCodes } from '../../plan/outcome.js';
import type { FreezeResult } from '../../plan/freeze.js';
import type { LoadedPlan } from '../../plan/load-plan.js';
import type { Fault } from '../../plan/loading/fault.js';
import type { FrozenPlan } from '../../plan/model.js';
import { clean } from '../render/clean.js';
import type { Context } from './context.js';
import { packageFolder } from './package-folder.js';
import { Exit } from './report-error.js';

export interface DocumentOptions {
  env?: string;
  var: Record<string, string>;
}

const anybody = { caller: { name: undefined, source: 'nobody' } } as const;

export interface FrozenDocuments {
  frozen: FrozenPlan;
  warnings: Fault[];
}

/**
 * The documents as they were read; nothing is thrown for their faults.
 *
 * @param startAt when a run would start, for what is about that
 */
async function freezeThem(
  context: Pick<Context, 'io' | 'caller'>,
  plan: string,
  environment: string,
  vars: Record<string, string>,
  startAt?: number
): Promise<FreezeResult> {
  const [{ freeze }, { readEnvironment }] = await Promise.all([
    import('../../plan/freeze.js'),
    import('../../plan/read-and-freeze.js'),
  ]);
  const [loaded, around] = [await loadAnyPlan(context, plan), await readEnvironment(environment, vars)];
  const { name } = context.caller;
  return freeze({
    plan: loaded,
    environment: around,
    vars,
    ...(startAt === undefined ? {} : { startAt }),
    ...(name === undefined ? {} : { startedBy: name }),
  });
}

/**
 * Reads plan and environment and freezes them for a run that starts now; faults are printed, all at once.
 *
 * @throws Exit 2 when there are faults, PhasegateError PG101 when there is no such environment
 */
export async function freezeDocuments(
  context: Context,
  plan: string,
  options: DocumentOptions
): Promise<FrozenDocuments> {
  const file = environmentFile(options.env);
  const { frozen, faults, warnings } = await freezeThem(context, plan, file, options.var, context.io.now());
  if (frozen) return { frozen, warnings };
  throw await faulty(context, [...faults, ...warnings]);
}

async function faulty(context: Context, faults: Fault[]): Promise<Exit> {
  const { renderFaults } = await import('../../plan/loading/fault.js');
  context.note(clean(renderFaults(faults)));
  return new Exit(exitCodes.usage);
}

/**
 * The same for what is no start: neither who asks nor the day matters.
 *
 * @throws as above
 */
export async function freezeForReading(context: Context, plan: string, options: DocumentOptions): Promise<FrozenPlan> {
  const { frozen, faults, warnings } = await freezeThem(
    { ...anybody, io: context.io },
    plan,
    environmentFile(options.env),
    options.var
  );
  if (frozen) return frozen;
  throw await faulty(context, [...faults, ...warnings]);
}

/** All faults and warnings of a plan: alone, or together with an environment. */
export async function findFaults(context: Context, plan: string, options: DocumentOptions): Promise<Fault[]> {
  if (options.env === undefined) {
    const [loaded, { faultsAlone }] = [await loadAnyPlan(context, plan), await import('../../plan/faults-alone.js')];
    return faultsAlone(loaded, options.var);
  }
  const { faults, warnings } = await freezeThem(context, plan, environmentFile(options.env), options.var);
  return [...faults, ...warnings];
}

async function loadAnyPlan(context: Pick<Context, 'io'>, plan: string): Promise<LoadedPlan> {
  if (plan !== '-') return (await import('../../plan/read-and-freeze.js')).readPlan(plan);
  const { loadPlan } = await import('../../plan/load-plan.js');
  return loadPlan(await readAll(context.io.in), 'stdin');
}

/** The file that `--env` means: a path, or the id of one in ./environments or among the shipped ones. */
export function environmentFile(given: string | undefined): string {
  if (given === undefined) {
    throw new PhasegateError('PG407', 'the environment is missing', {
      hint: 'Say where it is to run with --env FILE, or --env ID for environments/ID.yaml.',
    });
  }
  if (/\.ya?ml$/.test(given) || given.includes('/')) return given;
  const places = [
    path.join('environments', `${given}.yaml`),
    path.join(packageFolder(), 'environments', `${given}.yaml`),
  ];
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new PhasegateError('PG101', `there is no environment ${given}`, {
    where: places[0] ?? '',
    hint: 'Give the path of its file with --env FILE.',
  });
}

async function readAll(stream: NodeJS.ReadStream): Promise<string> {
  stream.setEncoding('utf8');
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
