/** One coded error: what it is called, whether trying again may help, and what to do or type next. */
export interface CatalogueEntry {
  title: string;
  retryable: boolean;
  hint: string;
}

/**
 * All errors that phasegate raises. PG1xx: plan and environment files; PG2xx: runs and decisions; PG3xx: targets that
 * activities touch; PG4xx: command line and connection, from PG451 on clean-up. A code never changes its meaning; docs/errors.md lists them.
 */
export const errorCatalogue = {
  PG100: refuse(
    'The plan or the environment has faults',
    'Mend the faults listed, then run: phasegate validate PLAN --env ENVIRONMENT'
  ),
  PG101: refuse('A file cannot be read', 'Give the path of a UTF-8 text file of at most 256 KiB.'),
  PG102: refuse(
    'A file is not well-formed YAML',
    'Mend the line shown; values that begin with > { [ * & ! % @ need quotes.'
  ),
  PG103: refuse('A key or value has the wrong shape', 'See docs/plan-reference.md for the keys and their types.'),
  PG104: refuse(
    'A duration, threshold or criterion is not understood',
    'Write durations like 30s or 1h30m and criteria like "error_rate < 1% for 30m".'
  ),
  PG105: refuse('A name is not declared', 'Declare it, or use one of the names that are.'),
  PG106: refuse('A name is used twice', 'Give each its own name.'),
  PG107: refuse('A variable or template cannot be filled in', 'Give the value with --var NAME=VALUE.'),
  PG108: refuse(
    'A secret stands in the clear',
    'Write a reference instead: ${env:NAME} or ${file:path}. Then change the secret: it has been in a file.'
  ),
  PG109: refuse(
    'No set of people could satisfy a gate',
    'Ask for fewer people, or give the roles to more people in the environment.'
  ),
  PG110: refuse(
    'A window or a rollback could not be judged',
    'The line says what is missing: criteria for a phase that changes production, a length, samples enough, or a target.'
  ),
  PG111: refuse('Phases or exposure are out of order', 'Order the phases without a cycle, and let exposure only rise.'),
  PG112: refuse(
    'An action has no way back and does not say so',
    'Say why with cannot-undo, or give its target an undo command.'
  ),
  PG113: refuse('Time may not be compressed here', 'Leave compress out of this environment.'),
  PG114: refuse('A key is reserved', 'Leave it out: this version of phasegate does not act on it yet.'),
  PG115: refuse('A criterion can never be met', 'Compare it with the thresholds of its metric.'),
  PG116: refuse(
    'A host or command is not allowed in this environment',
    'Name it under http.allow or commands.allow in the environment.'
  ),
  PG117: refuse(
    'The plan is not ready, or nobody approved it for production',
    'Have it approved: write its approval, by and on, under document in the plan.'
  ),
  PG118: refuse(
    'A schedule can never be met',
    'Give the phase days and hours that come after what it waits for; blackouts end after they begin.'
  ),
  PG119: refuse(
    'A phase would have no day left to start on',
    'Start the run on another day, or change the schedule of the phase or the blackouts.'
  ),
  PG120: refuse(
    'An alert or an incident would reach nobody',
    'Give the role to somebody, or the role or group an address under contacts in the environment.'
  ),
  PG121: refuse(
    'Something about alerts or incidents could never be used',
    'Compare it with the thresholds, the target and the unit of its metric.'
  ),
  PG122: refuse('Something about an incident would come too late', 'Write a shorter time.'),
  PG123: refuse('A channel is open to others', 'Let the mail server use starttls or tls.'),

  PG201: refuse('A run of this plan is already open here', 'Look at it with: phasegate status last'),
  PG202: refuse(
    'A flag or deploy target is locked by another run',
    'Wait for that run, or end it with: phasegate rollback RUN --reason "why"'
  ),
  PG203: refuse('No gate is open', 'See what the run waits for: phasegate status RUN'),
  PG204: refuse(
    'This person may not decide here',
    'See who may: phasegate status RUN. Where names are believed, say who you are with --as NAME.'
  ),
  PG205: refuse(
    'The one who started the run may not approve it',
    'Ask somebody else who holds the role: phasegate status RUN'
  ),
  PG206: refuse('The digest is not that of the run', 'Look again at what is approved: phasegate status RUN'),
  PG207: refuse('The decision is malformed', 'Send one object, for example {"by": "erin", "gate": "1a/approval#1"}'),
  PG208: refuse('The gate is closed or has expired', 'See what the run waits for now: phasegate status RUN'),
  PG209: refuse(
    'The address is unknown in this run',
    'Write phase/step#attempt as the status shows it: phasegate status RUN'
  ),
  PG210: refuse(
    'The last rollback of this plan was not finished',
    'Finish it first: phasegate rollback RUN --reason "why"'
  ),
  PG211: refuse(
    'The answer is not allowed for this attestation',
    'Answer done or failed; not-applicable only where the plan allows it.'
  ),
  PG212: refuse('A reason or evidence is missing', 'Say why with --reason, or add --evidence.'),
  PG213: refuse(
    'The run has ended',
    'Read what happened: phasegate report RUN. If it was rolled back, mend the cause, then start the plan again.'
  ),
  PG214: refuse(
    'The run was reset, so its ledger cannot be trusted',
    'Compare the targets with the ledger, then: phasegate rollback RUN --reason "why"'
  ),
  PG215: refuse('A rollback cannot be paused', 'Follow it to its end: phasegate watch RUN'),
  PG216: refuse('Too many messages came as signals', 'Send it with the command line, which waits for an answer.'),
  PG220: refuse(
    'The plan leads no incidents',
    'Declare them in the plan under incidents, or take the run back: phasegate rollback RUN --reason "why"'
  ),
  PG221: refuse(
    'The plan does not know what was declared',
    'Give --severity 1, 2 or 3, or a --cause and a --phase of the plan.'
  ),
  PG222: refuse('There is no such incident', 'See those that there are: phasegate incident list RUN'),
  PG223: refuse('The war room has no such role', 'See its roles: phasegate incident show incident/N RUN'),
  PG224: refuse('The incident has no such step or task', 'See them all: phasegate incident show incident/N RUN'),
  PG225: refuse(
    'The resolution could not be validated',
    'Look at the metrics, then resolve again: phasegate incident resolve incident/N RUN --reason "what resolved it"'
  ),
  PG226: refuse(
    'The incident is not at that point',
    'See where it is and what it waits for: phasegate incident show incident/N RUN'
  ),

  PG301: retry(
    'The flag system cannot be reached',
    'Check its address under flags in the environment, and that it runs.'
  ),
  PG302: refuse('The flag does not exist', 'Create the flag in the flag system; phasegate never creates flags.'),
  PG303: refuse('The flag system refused the change', 'Check the token and its rights in the environment.'),
  PG304: refuse('The deployment failed', 'Read the output: phasegate report RUN'),
  PG305: refuse(
    'Nobody knows whether the deployment ran',
    'Look at the target, then answer the HOLD: phasegate retry RUN or phasegate rollback RUN --reason "why"'
  ),
  PG306: retry(
    'The metrics source cannot be reached',
    'Check its address under metrics in the environment, and that it runs.'
  ),
  PG307: refuse('The command could not be started', 'Check the path and its execute permission on the worker.'),
  PG308: refuse('The host is not allowed', 'Name it under http.allow in the environment.'),
  PG309: refuse(
    'A secret is missing',
    'Give the worker the environment variable or the file that the reference names.'
  ),
  PG310: refuse('The evidence is unknown', 'Check the digest, and that this worker has the evidence store of the run.'),
  PG311: refuse('The evidence does not match its digest', 'The store was changed or damaged: restore it from a copy.'),
  PG312: refuse('The flag file cannot be understood', 'Mend the flag file; it must be a flagd definition.'),
  PG313: refuse('The target is not as it was left', 'Somebody else changed it: compare, then retry or roll back.'),
  PG314: refuse('The deploy target is unknown', 'Declare it under deploy in the environment.'),
  PG315: retry('No channel took the notification', 'Check the channels under notify in the environment.'),
  PG316: refuse('The identity is not accepted', 'Use a name that stands under people in the environment.'),
  PG317: retry(
    'The undo failed',
    'It is tried again by itself; the status of the run says how to take it over by hand.'
  ),
  PG318: retry('The command timed out or was killed', 'Read the output: phasegate report RUN'),
  PG319: refuse(
    'An activity answered something that is no answer',
    'Check that the workers of the environment run this version, then: phasegate retry RUN'
  ),
  PG320: retry(
    'Another attempt looks after the command',
    'Nothing: it is tried again. Where nobody holds the lock file that it names, delete it.'
  ),
  PG321: refuse(
    'The state before a change is too large to keep',
    'Shorten the definition of the flag, such as its lists of users, then: phasegate retry RUN'
  ),
  PG330: retry('A channel did not take a message', 'Nothing: it is tried again. Check the channel in the environment.'),
  PG331: refuse(
    'A channel refuses messages',
    'Check its address, key and format under channels or notify in the environment.'
  ),
  PG332: refuse(
    'An e-mail has nobody to go to',
    'Give the people an email, the roles and groups an address under contacts, or the channel addresses of its own (to).'
  ),

  PG401: retry('The Temporal server cannot be reached', 'Start one with: phasegate server, or set TEMPORAL_ADDRESS.'),
  PG402: retry('No worker answers', 'Start one with: phasegate worker --env ENVIRONMENT'),
  PG403: refuse('The run is unknown', 'See the runs: phasegate list'),
  PG404: refuse('Several runs match', 'Give more of the id: phasegate list'),
  PG405: refuse('A question needs a terminal', 'Give the answer as an option: --yes, or --confirm NAME.'),
  PG406: refuse('The confirmation is missing or wrong', 'Confirm with --confirm NAME as asked.'),
  PG407: refuse('The command line is not understood', 'See: phasegate help'),
  PG408: retry('It took longer than --timeout', 'The run goes on; look again with: phasegate status RUN'),
  PG409: refuse('A server cannot be started', 'See what is missing: phasegate doctor'),
  PG410: refuse('A settings file has faults', 'Mend the lines named.'),
  PG411: refuse('Who is asking is unknown', 'Say who you are with --as NAME or PHASEGATE_USER.'),
  PG412: refuse(
    'The Temporal namespace lacks search attributes',
    'See which, and how they are added: phasegate doctor'
  ),
  PG413: refuse('There is no build of phasegate', 'Build it: npm run build'),
  PG414: refuse('A file cannot be written', 'Choose another folder, or move what is there away.'),

  PG420: refuse(
    'A file is in the way that phasegate did not write',
    'Move it away, choose another folder with --out DIR, or write it anew with --force.'
  ),
  PG430: refuse(
    'The dashboard cannot listen there',
    'Name a free port with --port, and an address of this machine with --host.'
  ),
  PG431: refuse(
    'A dashboard that others reach needs a token',
    'Put a long random text into a variable and name it: --token-env NAME. Without --host and --name it serves this machine only.'
  ),
  PG432: refuse(
    'The token of the dashboard cannot be used',
    'Give the variable at least 16 characters, such as: export DASHBOARD_TOKEN=$(openssl rand -hex 24)'
  ),
  PG440: refuse(
    'The receiver has no secret to know its senders by',
    'Put a random text of at least 16 characters where the option says; that of --token by default into PHASEGATE_RECEIVE_TOKEN.'
  ),
  PG441: refuse('The file of the report is there already', 'Choose another name, or write it anew with --force.'),
  PG442: refuse('A page is no text for a terminal', 'Say where to write it: phasegate report RUN --out report.html'),

  PG443: refuse('The alert is unknown', 'See the alerts: phasegate alert list'),
  PG444: refuse('Several alerts match', 'Give more of the address: phasegate alert list'),
  PG445: refuse('The alert is closed', 'See what is open: phasegate alert list'),

  PG451: refuse(
    'Clean-up has removed flags of the run, so it cannot be rolled back',
    'Go forward instead: deploy a revision that mends it. What was removed stands in: phasegate report RUN'
  ),
  PG452: refuse(
    'Flags are not removed, since that is not known to be safe',
    'Mend what the reason says, then answer again: phasegate attest cleanup/TASK RUN --answer done'
  ),
  PG453: refuse(
    'Clean-up would remove a flag that the plan does not give to everybody',
    'Name flags that a phase of the plan brings to 100 %.'
  ),
  PG454: refuse(
    'The safety check of a flag removal cannot be measured',
    'Count evaluations as off with a metric of unit count, read from Prometheus.'
  ),
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;

function refuse(title: string, hint: string): CatalogueEntry {
  return { title, retryable: false, hint };
}

function retry(title: string, hint: string): CatalogueEntry {
  return { title, retryable: true, hint };
}
