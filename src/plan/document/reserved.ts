/** Top-level keys that later parts of the language will use; a plan that has one is told so. */
export const reservedKeys: Readonly<Record<string, string>> = {
  dashboards: 'generated dashboards',
};
