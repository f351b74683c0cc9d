import type { EnvironmentDocument } from '../document/environment-document.js';
import type { Path } from '../loading/fault.js';
import type { Loose } from '../loading/loose.js';
import { alertChannels, checkHook } from './channels.js';
import { allowsProgram, programsOf } from './programs.js';
import type { Report } from './rule.js';
import { blackoutFaults } from './schedule.js';
import { listOf, namesOf } from './walk.js';

export type LooseEnvironment = Loose<EnvironmentDocument>;
type Rule = (environment: LooseEnvironment, report: Report) => void;

/** What cannot work in an environment, whatever the plan. */
export const environmentRules: Rule = (environment, report) => {
  for (const rule of [compression, metricsSource, deployTargets, channels, alertChannels, blackouts])
    rule(environment, report);
};

const compression: Rule = (environment, report) => {
  if (environment.kind === 'production' && environment.compress !== undefined) {
    report(['compress'], {
      code: 'PG113',
      message: 'time cannot be compressed in production',
      hint: 'leave compress out, or use an environment of another kind',
      at: 'key',
    });
  }
};

const metricsSource: Rule = (environment, report) => {
  const { metrics } = environment;
  if (!metrics) return;
  const { provider } = metrics;
  if (provider !== undefined && !(provider in metrics)) {
    report(['metrics', 'provider'], {
      code: 'PG103',
      message: `the provider is ${provider}, but there is no ${provider} section`,
      hint: `add ${provider}: { url: … } under metrics`,
    });
  }
  for (const name of namesOf(metrics.bindings)) {
    const binding = metrics.bindings?.[name];
    if (!binding) continue;
    const path = ['metrics', 'bindings', name];
    if ('promql' in binding && 'counter' in binding) {
      report([...path, 'counter'], {
        code: 'PG103',
        message: `${name} has a query and a counter`,
        hint: 'keep one of them: the counter makes a query of its own',
        at: 'key',
      });
    }
    if (!('promql' in binding) && !('counter' in binding) && !('sample' in binding)) {
      report(path, {
        code: 'PG103',
        message: `${name} is bound to nothing`,
        hint: 'add promql or counter, sample, or both',
        at: 'key',
      });
    }
    const queries = [binding.promql, ...Object.values(binding.context ?? {})];
    if (
      binding.range !== undefined &&
      binding.promql !== undefined &&
      !queries.some((query) => query?.includes('{{range}}'))
    ) {
      report([...path, 'range'], {
        code: 'PG103',
        message: 'the query does not use {{range}}',
        hint: 'use it in promql, or leave range out',
      });
    }
  }
};

const deployTargets: Rule = (environment, report) => {
  const allowed = programsOf(environment);
  for (const name of namesOf(environment.deploy)) {
    const target = environment.deploy?.[name];
    if (!target) continue;
    const path = ['deploy', name];
    const { read, apply, undo } = target;
    for (const [key, argv] of [
      ['read', read],
      ['apply', apply],
      ['undo', Array.isArray(undo) ? undo : undefined],
    ] as const) {
      checkProgram(argv, allowed, [...path, key], report);
    }
    if (apply && lacksRevision(apply)) {
      report([...path, 'apply'], {
        code: 'PG107',
        message: 'the command does not say which revision',
        hint: 'add "{{revision}}" to its arguments',
      });
    }
    if (Array.isArray(undo) && lacksRevision(undo)) {
      report([...path, 'undo'], {
        code: 'PG112',
        message: 'the undo does not say which revision comes back',
        hint: 'add "{{revision}}" to its arguments, or write undo: none',
      });
    }
    if (read && mentionsRevision(read)) {
      report([...path, 'read'], {
        code: 'PG107',
        message: 'read finds out the revision and cannot be given one',
        hint: 'leave {{revision}} out',
      });
    }
  }
};

const channels: Rule = (environment, report) => {
  const seen = new Set<string>();
  for (const { path, value } of listOf<EnvironmentDocument['notify'][number]>(environment.notify, ['notify'])) {
    const kind = value.webhook === undefined ? 'log' : 'webhook';
    const name = value.log?.name ?? value.webhook?.name;
    if (name !== undefined) {
      if (seen.has(name))
        report([...path, kind, 'name'], {
          code: 'PG106',
          message: `channel "${name}" is there twice`,
          hint: 'give each its own name',
        });
      seen.add(name);
    }
    const { webhook } = value;
    if (webhook) checkHook(webhook, [...path, 'webhook', 'url'], report);
  }
};

const blackouts: Rule = (environment, report) => blackoutFaults(environment.blackouts, report);

/** An argument that has a fault of its own may be the one that says it. */
function lacksRevision(argv: ReadonlyArray<string | undefined>): boolean {
  return !argv.includes(undefined) && !mentionsRevision(argv);
}

function mentionsRevision(argv: ReadonlyArray<string | undefined>): boolean {
  return argv.some((argument) => argument?.includes('{{revision}}'));
}

function checkProgram(
  argv: ReadonlyArray<string | undefined> | undefined,
  allowed: readonly string[] | undefined,
  path: Path,
  report: Report
): void {
  const program = argv?.[0];
  if (program === undefined || !allowed || allowsProgram(allowed, program)) return;
  report([...path, 0], {
    code: 'PG116',
    message: `program "${program}" is not allowed here`,
    hint: 'name it under commands.allow',
  });
}
