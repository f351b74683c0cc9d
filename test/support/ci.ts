/** Whether this run is under CI, as most CI systems say it: a set variable that is not a word for no. */
export function isCi(env: NodeJS.ProcessEnv = process.env): boolean {
  return !['', '0', 'false'].includes(env['CI'] ?? '');
}
