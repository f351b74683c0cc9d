import { instantText } from '../../../plan/text/spans.js';
import type { Report } from '../build-report.js';
import type { ReportedCriterion, ReportedWindow, UnreadWindow } from '../windows.js';
import { html, type Html } from './markup.js';
import { shortDigest, toned } from './parts.js';
import { inWords, windowChart } from './window-chart.js';

/** The windows of one phase or rollback, each criterion's samples against its bounds. */
export function windowsOf({ windows = [] }: Report, workflowId: string): Html[] {
  const own = windows.filter((window) => window.workflowId === workflowId);
  return own.map((window) => {
    const same = own.filter(({ address }) => address === window.address);
    const place = same.length > 1 ? ` (${same.indexOf(window) + 1} of ${same.length})` : '';
    return 'problem' in window ? unread(window) : shown(window, place);
  });
}

function unread({ address, title, problem }: UnreadWindow): Html {
  return html`<h4>${title} <span class="dim">${address}</span></h4>
    <p class="unread"><strong class="warn">No picture: its samples could not be read.</strong> ${problem}</p> `;
}

function shown(window: ReportedWindow, place: string): Html {
  const { address, title, planned, t0, evidence, criteria } = window;
  return html`<section aria-label="${title}${place}">
    <h4>${title}${place} ${verdictTag(window)} <span class="dim">${address}</span></h4>
    <p class="dim">
      A window of ${planned} from ${instantText(t0)}. ${doubt(window)}
      ${
        evidence.length > 0
          ? html`Evidence: ${evidence.map(shortDigest)}`
          : 'Its samples are not stored as evidence yet.'
      }
    </p>
    <div class="windows">${criteria.map(criterionFigure)}</div>
  </section> `;
}

function verdictTag({ verdict }: ReportedWindow): Html {
  if (verdict === 'PASS') return toned('good', '✔ PASS');
  if (verdict === 'FAIL') return toned('bad', '✖ FAIL');
  return verdict === 'HOLD' ? toned('warn', '■ HOLD') : toned('info', '▶ under way');
}

/** Whether what is drawn is what was decided. */
function doubt({ verdict, judged }: ReportedWindow): Html | string {
  if (verdict === undefined) return '';
  if (verdict === judged) return 'Its verdict was computed again from these samples: the same.';
  return html`<strong class="bad"
    >Computed again from these samples its verdict is ${judged ?? 'none'}, not ${verdict}.</strong
  >`;
}

function criterionFigure(criterion: ReportedCriterion): Html {
  const { text, description, points } = criterion;
  const chart = windowChart(criterion);
  const problem = points.find((point) => point.problem !== undefined)?.problem;
  const missing = problem === undefined ? '' : ` Not valid: ${problem}.`;
  const beyond = chart && chart.beyond.length > 0 ? ` Beyond this picture: ${chart.beyond.join(', ')}.` : '';
  return html`<figure>
    <h5>${text} <span>${description}</span></h5>
    ${chart?.picture ?? html`<p class="unread"><strong class="warn">Nothing was measured.</strong></p>`}
    <figcaption>${inWords(criterion).replace(/^.*?; /, '')}.${missing}${beyond}</figcaption>
  </figure> `;
}
