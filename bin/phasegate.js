#!/usr/bin/env node
import module from 'node:module';

// From Node 22.1 on: code that was compiled once need not be compiled by the next command.
module.enableCompileCache?.();
await import('../dist/cli/main.js');
