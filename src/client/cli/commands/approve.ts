import type { Command } from 'commander';
import type { Run } from '../context.js';
import { gateCommand } from './gate-command.js';

export function approveCommand(run: Run): Command {
  const description = 'say yes at an open gate: shows the evidence, asks, sends it bound to what was shown';
  return gateCommand(run, 'approve', description, 'phasegate approve --as erin');
}
