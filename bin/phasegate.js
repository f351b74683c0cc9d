#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';

const program = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(program)) {
  // From Node 22.1 on: code that was compiled once need not be compiled by the next command.
  module.enableCompileCache?.();
  await import(program.href);
} else {
  process.stderr.write('phasegate is not built yet. Type: npm run build\n');
  process.exitCode = 2;
}
