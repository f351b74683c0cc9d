import { runCommand } from '../../../src/activities/commands/index.js';
import type { CommandRequest } from '../../../src/activities/commands/index.js';
import { testScope, testTools } from './tools.js';

/** A worker as a process of its own, to be killed in the middle of a command: `node command-worker.js WORKDIR REQUEST`. */
const [workdir, request] = process.argv.slice(2);
if (workdir === undefined || request === undefined) throw new Error('usage: command-worker WORKDIR REQUEST');
const result = await runCommand(JSON.parse(request) as CommandRequest, testTools({ workdir }), testScope());
process.stdout.write(JSON.stringify(result));
