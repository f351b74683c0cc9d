/** Top-level keys that later parts of the language will use; a plan that has one is told so. */
export const reservedKeys: Readonly<Record<string, string>> = {
  validation: 'the stages after the last phase',
  kpis: 'success metrics of the whole migration',
  cleanup: 'the tasks after the migration',
  alerts: 'alert routes and templates',
  incidents: 'severities, war room and procedures',
  dashboards: 'generated dashboards',
};
