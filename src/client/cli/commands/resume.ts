import type { Command } from 'commander';
import type { Run } from '../context.js';
import { runCommand } from './run-command.js';

export function resumeCommand(run: Run): Command {
  return runCommand(run, 'resume', 'go on after a pause', 'phasegate resume');
}
