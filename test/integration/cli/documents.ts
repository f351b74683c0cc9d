import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { tempFolder } from '../../../src/client/dev-server/temp-folder.js';

const plan = (id: string, more: string): string => `
phasegate: plan/v1
id: ${id}
title: A plan for tests
description: One phase.
${more}
roles: { manager: Release manager, lead: Engineering lead, cto: CTO }
vars: { revision: { description: What is deployed } }
waivers: { roles: [cto] }
hold: { deadline: 30m, then: rollback }
rollback: { for: 5m, deadline: 15m }
metrics:
  success: { description: share of good answers, unit: ratio, priority: red, target: '> 95%', warning: '< 90%', critical: '< 80%', impact: money }
phases:
  - id: 1a
    title: Core
    steps:
      - flag: { id: enable, title: Enable the flag, key: FLAG_CORE, to: true, percent: 5 }
      - deploy: { id: deploy, title: Deploy it, target: core, revision: '{{vars.revision}}', repeatable: true }
    success: { for: 30m, criteria: [success > 95%] }
    approval: { roles: { lead: 1 }, expires: 24h }
`;

function environment(id: string, kind: string): string {
  return `
phasegate: environment/v1
id: ${id}
title: Test
kind: ${kind}
time-zone: UTC
trust: identity
people:
  dana: { title: Dana, roles: [manager, lead] }
  erin: { title: Erin, roles: [lead] }
  lee: { title: Lee, roles: [lead] }
  carlos: { title: Carlos, roles: [cto] }
flags: { provider: flagd, file: flags.json }
metrics:
  provider: prometheus
  prometheus: { url: 'http://127.0.0.1:9', lag: 1s, timeout: 1s }
  bindings: { success: { promql: success } }
deploy:
  core: { read: [./read], apply: [./apply, '{{revision}}'], timeout: 1m }
commands: { cwd: ., allow: [./*] }
notify: [{ log: { name: log } }]
`;
}

export interface Documents {
  plan: string;
  environment: string;
  /** The arguments of `plan` and `start`. */
  args: string[];
}

/** A plan, with `more` at its top, and an environment in files, removed at the end of the test. */
export function documents(
  environmentId: string,
  change: { kind?: string; plan?: string; more?: string } = {}
): Documents {
  const { kind = 'test', plan: planId = 'test-plan', more = '' } = change;
  const folder = tempFolder('cli');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const files = { plan: path.join(folder, 'plan.yaml'), environment: path.join(folder, 'environment.yaml') };
  writeFileSync(files.plan, plan(planId, more));
  writeFileSync(files.environment, environment(environmentId, kind));
  return { ...files, args: [files.plan, '--env', files.environment, '--var', 'revision=v2'] };
}
