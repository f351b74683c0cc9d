/** The labels by which an alert of Prometheus and Alertmanager says what of a plan it is about: the renderer writes them, the receiver reads them. */
export const alertLabels = {
  plan: 'phasegate_plan',
  environment: 'phasegate_environment',
  cause: 'phasegate_cause',
  metric: 'phasegate_metric',
  phase: 'phasegate_phase',
  /** On the rules that `phasegate render` writes: what fires there, the guard measures too. */
  rendered: 'phasegate_rendered',
} as const;

/** All labels that begin so are ours: another one is a typo. */
export const ownPrefix = 'phasegate_';

/** What the label `severity` says; `info` and `none` say little, which is not the same as nothing. */
export const severityWords = {
  critical: 'critical',
  page: 'critical',
  error: 'critical',
  warning: 'warning',
  warn: 'warning',
  info: 'none',
  none: 'none',
} as const satisfies Record<string, 'critical' | 'warning' | 'none'>;
