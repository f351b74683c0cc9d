import { head } from '../../report/html/head.js';
import { html, linked, type Html } from '../../report/html/markup.js';
import { style } from '../../report/html/style.js';
import type { Block, RunbookDocument } from './blocks.js';

const own = `
pre { background: var(--surface); border-radius: 6px; padding: .6rem .8rem; white-space: pre-wrap; overflow-wrap: anywhere; font: .86em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.checklist { list-style: none; padding-left: 0; } .checklist li::before { content: "\\2610\\00a0\\00a0"; }
.strong { font-weight: 600; }
@media print { pre { border: 1px solid var(--rule); break-inside: avoid; } li { break-inside: avoid; } h2 { break-before: auto; } }
`;

/** The runbook as one page that needs nothing else, on a screen and on paper. */
export function runbookHtml({ title, subtitle, blocks }: RunbookDocument): string {
  const chapters = blocks.flatMap((block) => (block.kind === 'heading' && block.level === 2 ? [block] : []));
  const page = html`<!doctype html>
    <html lang="en">
      ${head(title, style + own)}
      <body>
        <header>
          <h1>${title}</h1>
          <p class="sub">${subtitle}</p>
        </header>
        <nav>
          <ul>
            ${chapters.map(({ text, anchor }) => html`<li><a href="#${anchor}">${text}</a></li>`)}
          </ul>
        </nav>
        <main>${blocks.map(drawn)}</main>
      </body>
    </html> `;
  return page.text;
}

function drawn(block: Block): Html {
  switch (block.kind) {
    case 'heading':
      return block.level === 2
        ? html`<h2 id="${block.anchor}">${block.text}</h2>`
        : html`<h3 id="${block.anchor}">${block.text}</h3>`;
    case 'text':
      return block.strong ? html`<p class="strong">${block.text}</p>` : html`<p>${block.text}</p>`;
    case 'list':
      return html`<ul>
        ${block.items.map(item)}
      </ul>`;
    case 'checklist':
      return html`<ul class="checklist">
        ${block.items.map(item)}
      </ul>`;
    case 'table':
      return html`<div class="scroll">
        <table>
          <thead>
            <tr>
              ${block.head.map((name) => html`<th>${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${block.rows.map(
              (row) =>
                html`<tr>
                  ${row.map((cell) => html`<td>${cell}</td>`)}
                </tr>`
            )}
          </tbody>
        </table>
      </div>`;
    case 'commands':
      return html`<pre>${block.lines.join('\n')}</pre>`;
    case 'quote':
      return html`<pre>${block.text.trimEnd()}</pre>`;
    case 'link':
      return html`<p>${block.text}: ${linked(block.url)}</p>`;
  }
}

function item(words: string): Html {
  return html`<li>${words}</li>`;
}
