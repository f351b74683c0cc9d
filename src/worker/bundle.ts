import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { Logger } from '@temporalio/common';

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

/** The bundle that the build made, or one made now. */
export async function loadBundle(logger?: Logger): Promise<WorkflowBundle> {
  const code = existsSync(bundlePath) ? readFileSync(bundlePath, 'utf8') : await makeBundle(logger);
  return { code, buildId: createHash('sha256').update(code).digest('hex').slice(0, 12) };
}

export async function makeBundle(logger?: Logger): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: `${dist}src/workflows/index.js`,
    payloadConverterPath,
    // Each workflow evaluates its modules anew; most of that time and memory went into zod and the schemas of messages,
    // which keep nothing of a workflow. A rollback waited for it.
    preloadModules: [`${dist}src/plan/wire.js`],
    ...(logger ? { logger } : {}),
  });
  return code;
}
