import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PhasegateError } from '../../../plan/errors.js';

export interface Asset {
  type: string;
  body: Buffer;
}

const types: Record<string, string> = {
  'index.html': 'text/html; charset=utf-8',
  'enter.html': 'text/html; charset=utf-8',
  'dashboard.js': 'text/javascript; charset=utf-8',
  'enter.js': 'text/javascript; charset=utf-8',
  'theme.js': 'text/javascript; charset=utf-8',
  'dashboard.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/**
 * The page's files, as the build left them.
 *
 * @throws PhasegateError PG413 when they were not built
 */
export function readAssets(packageFolder: string): ReadonlyMap<string, Asset> {
  const folder = join(packageFolder, 'dist', 'dashboard');
  try {
    return new Map(
      Object.entries(types).map(([name, type]) => [name, { type, body: readFileSync(join(folder, name)) }])
    );
  } catch (error) {
    throw new PhasegateError('PG413', `the dashboard's page is not in ${folder}`, { cause: error });
  }
}
