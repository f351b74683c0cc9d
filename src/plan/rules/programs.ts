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

/** Whether a rule may say that it is not allowed: with an entry that has a fault of its own nobody knows. */
export function refusesProgram(allowed: ReadonlyArray<string | undefined>, program: string): boolean {
  return allowed.every((entry) => entry !== undefined) && !allowsProgram(allowed, program);
}
