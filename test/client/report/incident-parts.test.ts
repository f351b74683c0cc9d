import { expect, it } from 'vitest';
import { incidentFacts } from '../../../src/client/report/incident-parts.js';
import type { IncidentStatus } from '../../../src/plan/watch-status.js';

const incident = { reason: 'r', openedAt: 0, respondBy: 1, postMortem: { by: 'erin' } } as IncidentStatus;

it.each<[IncidentStatus['source'], string, string]>([
  ['guard', 'the guard', 'by the guard'],
  ['alertmanager', 'Alertmanager', 'by Alertmanager'],
  ['person', 'dana', 'by dana (person)'],
  ['rollback', 'the run', 'by the run (rollback)'],
])(
  'an incident of the source %s tells who opened it, and its source where that says more',
  (source, openedBy, text) => {
    expect(incidentFacts({ ...incident, source, openedBy })).toContainEqual(['opened', `1970-01-01 00:00:00Z ${text}`]);
  }
);
