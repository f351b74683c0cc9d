import { readFile } from 'node:fs/promises';
import { freeze } from './freeze.js';
import type { FreezeResult } from './freeze.js';
import { loadEnvironment } from './load-environment.js';
import type { LoadedEnvironment } from './load-environment.js';
import { loadPlan } from './load-plan.js';
import type { LoadedPlan } from './load-plan.js';
import { decodeUtf8, unreadable } from './loading/decode.js';
import type { Decoded } from './loading/decode.js';
import type { Fault } from './loading/fault.js';
import type { Variables } from './variables.js';

export interface PlanPaths {
  plan: string;
  environment: string;
}

/** Reads plan and environment from files and freezes them. A file that cannot be read is one of the faults. */
export async function readAndFreeze(paths: PlanPaths, vars: Variables, startedBy?: string): Promise<FreezeResult> {
  const [plan, environment] = await Promise.all([readPlan(paths.plan), readEnvironment(paths.environment, vars)]);
  return freeze({ plan, environment, vars, ...(startedBy === undefined ? {} : { startedBy }) });
}

/** Reads and checks a plan alone, whatever the environment. */
export async function readPlan(path: string): Promise<LoadedPlan> {
  const { text, fault } = await readText(path);
  return fault ? { loose: {}, faults: [fault] } : loadPlan(text, path);
}

/** Reads and checks an environment alone, whatever the plan. */
export async function readEnvironment(path: string, vars: Variables): Promise<LoadedEnvironment> {
  const { text, fault } = await readText(path);
  return fault ? { loose: {}, values: {}, faults: [fault] } : loadEnvironment(text, path, vars);
}

async function readText(path: string): Promise<Decoded> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    return { fault: unreadFault(path, error) };
  }
  return decodeUtf8(bytes, path);
}

/** Why a file could not be read, by the code that the system gave, and what to do about it. */
export function unreadFault(path: string, error: unknown): Fault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const why: Record<string, string> = {
    ENOENT: 'there is no such file',
    EISDIR: 'it is a folder',
    EACCES: 'access is denied',
  };
  const hints: Record<string, string> = {
    EISDIR: 'give the path of a file in it',
    EACCES: 'let yourself read it, or give another path',
  };
  return unreadable(path, `the file cannot be read: ${why[code] ?? code}`, hints[code] ?? 'check the path');
}
