import type { AlertLevel, AlertTemplate, Metric } from './model.js';

export interface AlertText {
  title: string;
  message: string;
  /** Link. */
  runbook?: string;
}

const placeholder = /\{\{\s*([^{}]*?)\s*\}\}/g;

/**
 * The words of an alert: those of its template with every `{{name}}` filled in, or sensible ones of the metric itself.
 * What is not bound is "unknown": nothing stops a page.
 */
export function alertText(
  template: AlertTemplate | undefined,
  facts: Record<string, string>,
  metric: Pick<Metric, 'name' | 'description' | 'impact'>,
  level: AlertLevel | 'no-data'
): AlertText {
  const fill = (text: string): string =>
    text.replace(placeholder, (_, name: string) => (Object.hasOwn(facts, name) ? facts[name] : undefined) ?? 'unknown');
  if (template) {
    const { title, message, runbook } = template;
    return { title: fill(title), message: fill(message), ...(runbook === undefined ? {} : { runbook }) };
  }
  const what = metric.description || metric.name;
  const impact = metric.impact ? ` Impact: ${metric.impact}.` : '';
  return {
    title: `${words[level]}: ${metric.name}`,
    message: `${what}: ${facts['reason'] ?? 'no reason is known'}.${impact}`,
  };
}

const words = { critical: 'CRITICAL', warning: 'Warning', 'no-data': 'No data' } as const;
