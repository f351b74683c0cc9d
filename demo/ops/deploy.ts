import { deployRevision, readComponent, waitUntilServing } from './components-api.js';
import { expectArguments, runCommand } from './outcome.js';

/** `deploy <component> <revision>`: deploys, and waits until the component serves the revision. Safe to repeat. */
await runCommand(async (args) => {
  const [component, revision] = expectArguments(args, ['component', 'revision'], 'deploy');
  const before = await readComponent(component);
  await deployRevision(component, revision);
  const took = await waitUntilServing(component, revision);
  return `${component}: ${before.revision} -> ${revision}, serving after ${took} ms`;
});
