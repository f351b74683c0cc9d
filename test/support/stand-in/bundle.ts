import { createHash } from 'node:crypto';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { payloadConverterPath, type WorkflowBundle } from '../../../src/worker/bundle.js';

const dist = path.resolve(payloadConverterPath, '../../..');

/** The workflows of the build with the stand-ins of this folder, for a server of its own. */
export async function standInBundle(): Promise<WorkflowBundle> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(dist, 'test/support/stand-in/workflows.js'),
    payloadConverterPath,
    preloadModules: [path.join(dist, 'src/plan/wire.js')],
    logger: new DefaultLogger('ERROR', () => undefined),
  });
  return { code, buildId: createHash('sha256').update(code).digest('hex').slice(0, 12) };
}
