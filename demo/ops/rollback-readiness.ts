import { readComponents } from './components-api.js';
import { check, expectArguments, runCommand } from './outcome.js';

/** `rollback-readiness`: every revision that a component ever had, the present one among them, can be deployed again. */
await runCommand(async (args) => {
  expectArguments(args, [], 'rollback-readiness');
  const components = await readComponents();
  for (const { component, revision, releases } of components) {
    const broken = releases.find((release) => !release.deployable);
    check(broken === undefined, `${component}: ${broken?.revision} cannot be deployed: ${broken?.reason}`);
    const current = releases.some((release) => release.revision === revision);
    check(current, `${component}: the deployed revision ${revision} has no release to come back to`);
  }
  return components
    .map(({ component, releases }) => `${component}: ${releases.map(({ revision }) => revision).join(', ')}`)
    .join('\n');
});
