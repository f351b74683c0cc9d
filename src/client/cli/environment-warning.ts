import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { suggest } from '../../plan/language/suggest.js';
import { packageFolder } from './package-folder.js';

/**
 * What to say of a worker's environment id that no file here bears: a worker needs only the id, so a wrong one is polled
 * in silence for good. Undefined when there is such a file.
 */
export function environmentWarning(id: string, folders = environmentFolders()): string | undefined {
  const ids = [...new Set(folders.flatMap(idsIn))].sort();
  if (ids.includes(id)) return undefined;
  const near = suggest(id, ids);
  const known = ids.length === 0 ? 'there are no environments here' : `here are: ${ids.join(', ')}`;
  return `! no environments/${id}.yaml here: polling by the id alone${near === undefined ? '' : `; did you mean ${near}?`} (${known})`;
}

function environmentFolders(): string[] {
  return ['environments', path.join(packageFolder(), 'environments')];
}

function idsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => /^(.+)\.yaml$/.exec(name)?.[1] ?? []);
}
