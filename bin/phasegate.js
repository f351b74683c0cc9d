#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
if (existsSync(`${dist}cli/main.cjs`)) {
  const { runCompiled } = await import('../dist/src/client/build/compiled.js');
  runCompiled(`${dist}cli`, 'main.cjs');
} else {
  process.stderr.write('phasegate is not built yet. Type: npm run build\n');
  process.exitCode = 2;
}
