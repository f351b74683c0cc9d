import type { Command } from 'commander';
import type { Run } from '../context.js';
import { gateCommand } from './gate-command.js';

export function retryCommand(run: Run): Command {
  const description = 'answer a HOLD: try the step, or an undo that fails, again';
  return gateCommand(run, 'retry', description, 'phasegate retry --gate 1a/window#1');
}
