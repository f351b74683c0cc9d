import type { Block, Cell, Figure, Judged, Mark, Meter, Table } from '../document.js';
import { h, markElement } from './dom.js';

/** Everything but plots, which stay alive between two looks. */
export function blockElement(block: Exclude<Block, { kind: 'plots' }>): HTMLElement {
  switch (block.kind) {
    case 'figures':
      return h('dl', { class: block.lead ? 'figures lead' : 'figures' }, ...block.items.map(figureElement));
    case 'note':
      return h('p', { class: `note ${block.mark.tone}` }, markElement(block.mark), ' ', block.text);
    case 'meters':
      return h('ul', { class: 'meters' }, ...block.items.map(meterElement));
    case 'table':
      return tableElement(block);
  }
}

function figureElement({ label, value, unit, mark, bounds, note, stale }: Figure): HTMLElement {
  return h(
    'div',
    { class: `figure ${mark.tone}${stale ? ' stale' : ''}` },
    h('dt', {}, label),
    h(
      'dd',
      {},
      h('strong', {}, value, h('small', {}, unit)),
      markElement(mark),
      bounds.length > 0 ? h('span', { class: 'bounds' }, bounds.map(unbroken).join(' · ')) : undefined,
      note === undefined ? undefined : h('span', { class: 'since' }, note)
    )
  );
}

/** A threshold stays on one line. */
function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}

function meterElement({ label, percent, text, mark }: Meter): HTMLElement {
  const bar = h('progress', { max: '100', value: String(percent), 'aria-label': label });
  return h('li', {}, h('span', { class: 'key' }, label), bar, h('span', { class: 'of' }, text, ' ', markElement(mark)));
}

function tableElement({ caption, columns, rows }: Table): HTMLElement {
  const head = h('tr', {}, ...columns.map((column) => h('th', { scope: 'col' }, column)));
  const body = rows.map((row) => h('tr', {}, ...row.map((cell, index) => cellElement(cell, columns[index] ?? ''))));
  return h('table', {}, h('caption', {}, caption), h('thead', {}, head), h('tbody', {}, ...body));
}

/** On a narrow screen each cell stands under the name of its column. */
function cellElement(cell: Cell, column: string): HTMLElement {
  if (typeof cell === 'string') return h('td', { 'data-column': column }, h('div', {}, cell));
  const { text, mark, sub, list, story } = cell;
  return h(
    'td',
    { 'data-column': column },
    h(
      'div',
      {},
      mark ? statedElement(mark, text, story) : text,
      sub === undefined || sub === '' ? undefined : h('span', { class: 'sub' }, sub),
      list ? h('ul', { class: 'list' }, ...list.map(judgedElement)) : undefined
    )
  );
}

function statedElement(mark: Mark, text: string, story = false): HTMLElement {
  const element = markElement(mark, text);
  element.classList.add(story ? 'told' : 'stated');
  return element;
}

function judgedElement({ label, value, note, mark }: Judged): HTMLElement {
  const symbol = markElement(mark, '');
  symbol.append(h('span', { class: 'unseen' }, mark.word));
  return h('li', {}, symbol, ' ', label, ' ', h('strong', {}, value), ' ', h('span', { class: 'bounds' }, note));
}
