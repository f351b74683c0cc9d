import type { IncidentStatus } from '../../../plan/watch-status.js';
import { checklistHead, incidentChecklist, incidentFacts, incidentTitle } from '../incident-parts.js';
import { html, type Html } from './markup.js';
import { anchor, table, time } from './parts.js';

/** An incident from its opening to its post-mortem. */
export function incidentSection(incident: IncidentStatus): Html {
  const title = incidentTitle(incident);
  const story = incident.timeline.map(({ at, text }) => [time(at), text]);
  return html`<section aria-labelledby="${anchor(title)}">
    <h3 id="${anchor(title)}">${title}</h3>
    ${table('How it stands', ['what', ''], incidentFacts(incident))}
    ${table('Procedure and tasks', checklistHead, incidentChecklist(incident))}
    ${table('Timeline', ['when (UTC)', 'what'], story)}
  </section> `;
}
