export { commandEnv } from './command-env.js';
export type { CommandRequest, CommandResult } from './command.js';
export { forgetCommand, hasPassed, wasBegun } from './job-lookup.js';
export { lastLines } from './output.js';
export { fillArgv, hasControl } from './program.js';
export { runCommand } from './run-command.js';
export { revokeCommand, stopOthers } from './stop-jobs.js';
