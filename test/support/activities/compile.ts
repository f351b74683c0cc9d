import { execFile } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { testFolder } from './tools.js';

const root = path.resolve(import.meta.dirname, '../../..');

/** Compiles one file of the tests and all that it imports into a temporary folder, to be run by a plain `node`. */
export async function compile(source: string): Promise<string> {
  const outDir = testFolder();
  await symlink(path.join(root, 'node_modules'), path.join(outDir, 'node_modules'));
  await writeFile(path.join(outDir, 'package.json'), '{ "type": "module" }');
  const options = ['--ignoreConfig', '--outDir', outDir, '--rootDir', root, '--noCheck', '--skipLibCheck'];
  const language = ['--module', 'nodenext', '--target', 'es2023', '--types', 'node', '--esModuleInterop'];
  await promisify(execFile)(path.join(root, 'node_modules/.bin/tsc'), [
    ...options,
    ...language,
    path.join(root, source),
  ]);
  return path.join(outDir, source.replace(/\.ts$/, '.js'));
}
