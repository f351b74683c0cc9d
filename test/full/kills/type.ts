import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import type { Front } from '../../support/fire/front.js';

/** The exit code of the command line, and all that it wrote. */
export interface Said {
  code: number;
  text: string;
}

/** What the command line answers to somebody who has nothing else. */
export function type({ temporal: { address, namespace } }: Front, ...words: string[]): Promise<Said> {
  const env = { ...process.env, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
  return new Promise((done) => {
    execFile(process.execPath, [resolve('bin/phasegate.js'), ...words], { env }, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code ?? 1) : 0, text: `${stdout}${stderr}` });
    });
  });
}

/** As the release manager would: the command itself waits for what still undoes itself. */
export function typeRollback(front: Front, run: string): Promise<Said> {
  const { id } = front.environment;
  return type(front, 'rollback', run, '--reason', 'a test says so', '--confirm', id, '--as', 'dana');
}
