import type { LooseEnvironment } from './environment.js';

/**
 * Whether an environment lets this program run: it is named, or its folder is (`./ops/*`). A path that climbs out of
 * its folder never matches.
 */
export function allowsProgram(allowed: readonly string[], program: string): boolean {
  return allowed.some((entry) => {
    if (!entry.endsWith('/*')) return entry === program;
    const folder = entry.slice(0, -1);
    const rest = program.startsWith(folder) ? program.slice(folder.length) : '';
    return rest !== '' && !rest.includes('/');
  });
}

/** The programs that an environment allows; undefined where a fault keeps everybody from knowing all of them. */
export function programsOf(environment: LooseEnvironment): readonly string[] | undefined {
  const { commands } = environment;
  if (commands === undefined) return 'commands' in environment ? undefined : [];
  const { allow } = commands;
  if (allow === undefined) return 'allow' in commands ? undefined : [];
  return allow.every((program) => program !== undefined) ? allow : undefined;
}
