import type { Command } from 'commander';
import type { Run } from '../context.js';
import { gateCommand } from './gate-command.js';

export function waiveCommand(run: Run): Command {
  const description = 'answer a HOLD: pass it on your authority, with a reason that stays on record';
  return gateCommand(run, 'waive', description, 'phasegate waive --reason "metrics source is being replaced"');
}
