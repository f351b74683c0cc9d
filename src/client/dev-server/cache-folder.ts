import { homedir } from 'node:os';
import path from 'node:path';

/** Where servers that were built or downloaded once are kept: `$XDG_CACHE_HOME` or `~/.cache`, then our own folders. */
export function temporalCacheFolder(env: NodeJS.ProcessEnv): string {
  const xdg = env['XDG_CACHE_HOME'];
  // The XDG rules: a relative path is invalid and is ignored.
  const base = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(env['HOME'] ?? homedir(), '.cache');
  return path.join(base, 'phasegate', 'temporal');
}
