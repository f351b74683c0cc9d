import { exitCodes } from '../../plan/outcome.js';
import { table } from '../render/table.js';

/** What each exit code means; docs/cli.md has the same table, and a test keeps it so. */
export const exitCodeMeanings: Record<keyof typeof exitCodes, string> = {
  ok: 'done; of a run: completed',
  unexpected: 'an unexpected error, which is a fault of phasegate',
  usage: 'the command line, a plan or an environment has faults; or a confirmation is missing',
  failed: 'the run failed before its phase changed anything; phases that had completed are kept',
  rolledBackVerified: 'the run was rolled back, and that is verified',
  waiting: 'people are awaited (only with status --exit-status)',
  notFound: 'no such run, gate, item or evidence',
  notAllowed: 'refused: not your role, your own run, a gate that is not open, another digest, a lock, or you said no',
  unreachable: 'Temporal cannot be reached, started or used, or no worker answers',
  rolledBackNotVerified: 'the run was rolled back, but NOT verified, or not completely',
  foundTrouble: 'something failed that has to be mended first (only with doctor)',
  timeout: '--timeout is over; the run goes on',
  interrupted: 'Ctrl-C; the run goes on',
};

/** Topics of `phasegate help TOPIC`. */
export const helpTopics: Record<string, () => string> = {
  'exit-codes': () => {
    const rows = Object.entries(exitCodes).map(([name, code]) => [
      `  ${code}`,
      exitCodeMeanings[name as keyof typeof exitCodes],
    ]);
    return ['Exit codes:', ...table(rows)].join('\n');
  },
  environment: () => `Variables that phasegate reads:
${table([
  ['  PHASEGATE_USER', 'who you are, unless --as says so; else your name in the operating system'],
  ['  PHASEGATE_UI_URL', 'base address of the Temporal Web UI; views then show the page of the run'],
  ['  PHASEGATE_COMMAND', 'what is written in place of phasegate in commands to paste; known by itself under npx'],
  ['  PHASEGATE_LEAVING', 'what Ctrl-C does to a watch that another program started: shown in place of "leaves"'],
  ['  TEMPORAL_ADDRESS', 'host:port of the Temporal server; --address wins'],
  ['  TEMPORAL_NAMESPACE', 'its namespace; --namespace wins'],
  ['  TEMPORAL_PROFILE', 'profile of the client configuration file; --profile wins'],
  ['  TEMPORAL_CONFIG_FILE', 'that file; default: temporalio/temporal.toml in your configuration folder'],
  ['  TEMPORAL_API_KEY, TEMPORAL_TLS_*', 'credentials, as every Temporal client reads them'],
  ['  NO_COLOR, FORCE_COLOR, TERM', 'colours; --no-color wins'],
  ['  CI', 'when set, progress is plain lines'],
]).join('\n')}

An environment is a YAML document that says where a plan runs: flag system, metrics source, deployer, people and their
roles, channels. Give it with --env FILE, or --env ID for environments/ID.yaml. Secrets in it are references
(\${env:NAME}, \${file:path}) that only a worker resolves.`,
  plan: () => `
A plan is a YAML document: phases, each with checks before, steps (flag, deploy, check, attest, watch, traffic), success
criteria, approval and soak; beside them the guard that watches the metrics, alerts (who is told) and incidents (who leads,
what is taken back). All keys: docs/plan-reference.md; schema/plan.schema.json completes them in an editor.
Its digest is taken over plan, environment and variables: what "phasegate plan" printed is what "start --digest" starts.`,
};
