const verbs =
  'init|validate|plan|start|status|watch|list|approve|reject|attest|retry|waive|pause|resume|rollback|takeover|incident|alert|receive|report|dashboard|render|worker|server|doctor|completion|help';
// Only where a command is typed: not in a sentence about phasegate, nor behind a path or npx.
const typed = new RegExp(`(?<![\\w./-]|npx )phasegate(?= (?:${verbs})\\b)`, 'g');

/** What is typed in place of `phasegate` here: as PHASEGATE_COMMAND says, or `npx phasegate` when that was typed. */
export function ownName(env: NodeJS.ProcessEnv): string | undefined {
  const named = env['PHASEGATE_COMMAND'];
  if (named !== undefined && named !== '') return named;
  // npx of another program, such as a test runner, may be what started this one.
  const byNpx = env['npm_lifecycle_event'] === 'npx' && /phasegate/.test(env['npm_lifecycle_script'] ?? '');
  return byNpx ? 'npx phasegate' : undefined;
}

/** A text whose commands begin as the command itself was called, so that they can be pasted. */
export function asCalled(text: string, env: NodeJS.ProcessEnv): string {
  const name = ownName(env);
  return name === undefined ? text : text.replace(typed, () => name);
}
