import type { Command } from 'commander';
import type { Run } from '../context.js';
import { runCommand } from './run-command.js';

export function pauseCommand(run: Run): Command {
  const description = 'stop before the next step; a running window, approvals, soaks and rollbacks go on';
  return runCommand(run, 'pause', description, 'phasegate pause --reason "waiting for the network team"');
}
