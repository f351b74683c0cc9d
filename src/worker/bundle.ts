import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { Logger } from '@temporalio/common';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** Sources when run by a TypeScript runner, compiled files in a build. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

export const bundlePath = here('../../workflow-bundle.js');
export const payloadConverterPath = here(`../workflows/payload-converter.${extension}`);

export interface WorkflowBundle {
  code: string;
  /** Names this version of the workflow code: the first 12 hex digits of its SHA-256. */
  buildId: string;
}

/** The bundle that the build made, or one made now. */
export async function loadBundle(logger?: Logger): Promise<WorkflowBundle> {
  const code = existsSync(bundlePath) && extension === 'js' ? readFileSync(bundlePath, 'utf8') : await makeBundle(logger);
  return { code, buildId: createHash('sha256').update(code).digest('hex').slice(0, 12) };
}

export async function makeBundle(logger?: Logger): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: here(`../workflows/index.${extension}`),
    payloadConverterPath,
    ...(logger ? { logger } : {}),
  });
  return code;
}
