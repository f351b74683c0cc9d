import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { Logger } from '@temporalio/common';
import { asciiOnly } from '../build/ascii-only.js';
import { PhasegateError } from '../plan/errors.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** The build's folder, also when this file runs from its source (in tests): Node loads compiled files only. */
const dist = here(import.meta.url.endsWith('.ts') ? '../../dist/' : '../../');

export const bundlePath = `${dist}workflow-bundle.js`;
export const payloadConverterPath = `${dist}src/workflows/payload-converter.js`;

export interface WorkflowBundle {
  code: string;
  /** Names this version of the workflow code: the first 12 hex digits of its SHA-256. */
  buildId: string;
}

/**
 * The bundle that the build made. None is made at start: it would get another build id for each place and folder, and
 * runs are pinned to that.
 *
 * @param file default: that of this build
 * @throws PhasegateError PG413 when it cannot be read
 */
export async function loadBundle(file = bundlePath): Promise<WorkflowBundle> {
  const code = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new PhasegateError('PG413', 'phasegate is not built: the workflow code is missing', {
      where: file,
      cause: error,
    });
  });
  return { code, buildId: createHash('sha256').update(code).digest('hex').slice(0, 12) };
}

export async function makeBundle(logger: Logger): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: `${dist}src/workflows/index.js`,
    workflowInterceptorModules: [`${dist}src/workflows/interceptors.js`],
    payloadConverterPath,
    // Each workflow evaluates its modules anew; most of that time and memory went into zod and the schemas of messages,
    // which keep nothing of a workflow. A rollback waited for it.
    preloadModules: [`${dist}src/plan/wire.js`],
    logger,
  });
  return asciiOnly(code);
}
