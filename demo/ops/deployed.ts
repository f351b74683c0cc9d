import { readComponent } from './components-api.js';
import { expectArguments, runCommand } from './outcome.js';

/** `deployed <component>`: prints the revision that is deployed, and nothing else. */
await runCommand(async (args) => {
  const [component] = expectArguments(args, ['component'], 'deployed');
  return (await readComponent(component)).revision;
});
