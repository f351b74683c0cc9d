import { errorCatalogue } from '../error-catalogue.js';

const groups: ReadonlyArray<readonly [prefix: string, title: string]> = [
  ['PG1', 'Plan and environment files'],
  ['PG2', 'Runs and decisions'],
  ['PG3', 'Targets that activities touch'],
  ['PG4', 'Command line and connection'],
];

/** The page of all coded errors, from the catalogue. */
export function errorPage(): string {
  const sections = groups.map(([prefix, title]) => {
    const rows = Object.entries(errorCatalogue)
      .filter(([code]) => code.startsWith(prefix))
      .map(
        ([code, entry]) =>
          `| ${code} | ${entry.title} | ${entry.retryable ? 'yes' : 'no'} | ${entry.hint.replaceAll('|', '\\|')} |`
      );
    return [
      `## ${title}`,
      ['| code | what it is | tried again | what to do |', '| --- | --- | --- | --- |', ...rows].join('\n'),
    ].join('\n\n');
  });
  const introduction =
    'Every error of phasegate has a code, which is also the type of the Temporal failure that carries it. ' +
    '"Tried again" says whether an activity that meets it is retried by itself.';
  return ['# Errors', introduction, ...sections].join('\n\n') + '\n';
}
