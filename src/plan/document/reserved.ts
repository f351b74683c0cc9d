/** Top-level keys that later parts of the language will use; a plan that has one is told so. */
export const reservedKeys: Readonly<Record<string, string>> = {
  alerts: 'alert routes and templates',
  incidents: 'severities, war room and procedures',
  dashboards: 'generated dashboards',
};
