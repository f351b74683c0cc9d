/**
 * Whether an environment lets this program run: it is named, or its folder is (`./ops/*`). A path that climbs out of
 * its folder never matches.
 */
export function allowsProgram(allowed: ReadonlyArray<string | undefined>, program: string): boolean {
  return allowed.some((entry) => {
    if (entry === undefined) return false;
    if (!entry.endsWith('/*')) return entry === program;
    const folder = entry.slice(0, -1);
    const rest = program.startsWith(folder) ? program.slice(folder.length) : '';
    return rest !== '' && !rest.includes('/');
  });
}
