import type { Command } from 'commander';
import type { Run } from '../context.js';
import { gateCommand } from './gate-command.js';

export function rejectCommand(run: Run): Command {
  const description = 'say no at an open gate; the phase is rolled back';
  return gateCommand(run, 'reject', description, 'phasegate reject --reason "error budget is spent"');
}
