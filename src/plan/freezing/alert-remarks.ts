import { alertFacts, contextNames } from '../alert-text.js';
import { suggest } from '../language/suggest.js';
import type { Pairing } from '../rules/cross.js';
import { templatesOf } from '../rules/walk-watch.js';
import { namesOf } from '../rules/walk.js';

/** Which words of an alert have no value here: they print "unknown", which a slip of the pen would do as well. */
export function alertRemarks({ plan, environment, inPlan, inEnvironment }: Pairing): void {
  const { metrics } = environment;
  if (!metrics?.bindings) return;
  const place = environment.id ?? 'the environment';
  let asked = false;
  for (const { path, value } of templatesOf(plan)) {
    const { metric } = value;
    if (metric === undefined) continue;
    const bound = namesOf(metrics.bindings[metric]?.context);
    for (const key of ['title', 'message'] as const) {
      for (const name of contextNames({ [key]: value[key] })) {
        asked ||= bound.includes(name);
        if (bound.includes(name)) continue;
        const near = suggest(name, [...alertFacts, ...bound]);
        inPlan([...path, key], {
          severity: 'warning',
          code: 'PG107',
          message: `{{${name}}} prints "unknown": ${place} binds no such context to ${metric}`,
          hint:
            near === undefined
              ? `add metrics.bindings.${metric}.context.${name} to the environment`
              : `did you mean {{${near}}}?`,
        });
      }
    }
  }
  if (!asked || metrics.provider !== 'endpoint') return;
  inEnvironment(['metrics', 'provider'], {
    severity: 'warning',
    code: 'PG107',
    message: 'a metrics page answers no queries: what the words of alerts need of context prints "unknown"',
    hint: 'use Prometheus in this environment',
  });
}
