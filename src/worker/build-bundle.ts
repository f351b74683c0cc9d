import { renameSync, writeFileSync } from 'node:fs';
import { bundlePath, makeBundle } from './bundle.js';

/** Part of `npm run build`: workers start with this file instead of bundling again. */
const draft = `${bundlePath}.${process.pid}`;
writeFileSync(
  draft,
  await makeBundle({ log() {}, trace() {}, debug() {}, info() {}, warn: console.error, error: console.error })
);
renameSync(draft, bundlePath);
