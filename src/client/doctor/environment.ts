import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { createClock } from '../../plan/freezing/clock.js';
import { freezeEnvironment } from '../../plan/freezing/environment.js';
import type { Person } from '../../plan/model.js';
import { readEnvironment } from '../../plan/read-and-freeze.js';
import { counted } from '../../plan/text/spans.js';
import { fail, ok, warn, type Finding } from './finding.js';
import { examineMetrics } from './metrics.js';
import { examinePrograms } from './programs.js';

/** What there is to say of an environment; the rest only when the document has it. */
export interface ExaminedEnvironment {
  findings: Finding[];
  id?: string;
  people?: Person[];
}

const reference = /\$\{(env|file):([^}]+)\}/g;

/**
 * An environment as far as it can be judged from here: the faults of its document, the secrets it refers to, its flag
 * file, its metrics source, its commands. A worker elsewhere may see more, so what is missing here is a warning.
 */
export async function examineEnvironment(
  file: string,
  vars: Record<string, string>,
  env: NodeJS.ProcessEnv
): Promise<ExaminedEnvironment> {
  const { document, faults } = await readEnvironment(file, vars);
  const errors = faults.filter((fault) => fault.severity === 'error');
  if (!document || errors.length > 0) {
    const first = errors[0];
    const found = first
      ? `${counted(errors.length, 'fault')}, the first: ${first.file}:${first.line} ${first.message}`
      : 'it cannot be read';
    return { findings: [fail('environment', found, `See them all: phasegate validate PLAN --env ${file}`)] };
  }
  const environment = freezeEnvironment(document, createClock(document.compress), []);
  const place = { env, workdir: process.cwd() };
  const secrets = await Promise.all([...new Set(referencesIn(document))].map((text) => examineSecret(text, env)));
  return {
    findings: [
      ok('environment', `${document.id} (${document.kind}), no faults`),
      ...secrets,
      ...(await flagFile(document.flags)),
      await examineMetrics(environment, place, Date.now()),
      ...examinePrograms(environment, place),
    ],
    id: document.id,
    people: environment.people,
  };
}

function referencesIn(value: unknown): string[] {
  if (typeof value === 'string') return [...value.matchAll(reference)].map((match) => match[0]);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(referencesIn);
}

async function examineSecret(text: string, env: NodeJS.ProcessEnv): Promise<Finding> {
  const [, kind, name = ''] = /^\$\{(env|file):([^}]+)\}$/.exec(text) ?? [];
  const what = `secret ${text}`;
  const here = kind === 'env' ? (env[name] ?? '') !== '' : await readable(name);
  if (here) return ok(what, 'is there');
  return warn(
    what,
    'is not here',
    kind === 'env' ? `The worker needs the variable ${name}.` : `The worker needs the file ${name}.`
  );
}

async function flagFile(flags: unknown): Promise<Finding[]> {
  const file: unknown = typeof flags === 'object' && flags !== null && 'file' in flags ? flags.file : undefined;
  if (typeof file !== 'string') return [];
  const found = await readable(file);
  const what = 'flag file';
  return [
    found
      ? ok(what, path.resolve(file))
      : warn(
          what,
          `${path.resolve(file)} cannot be read from here`,
          'The worker needs it; relative paths start from its --workdir.'
        ),
  ];
}

async function readable(file: string): Promise<boolean> {
  return access(file, constants.R_OK).then(
    () => true,
    () => false
  );
}
