import type { Block, BoardDocument, Panel } from '../document.js';
import { blockElement } from './blocks.js';
import { h, markElement } from './dom.js';
import { PlotsView } from './plots.js';

/** A block on the page: what it shows and how, so that what did not change is left alone. */
interface Shown {
  text: string;
  element: HTMLElement;
  plots?: PlotsView;
}

class PanelView {
  readonly element: HTMLElement;
  private readonly mark = h('span', { class: 'standing' });
  private readonly body = h('div', { class: 'body' });
  private shown: Shown[] = [];
  private marked = '';

  constructor({ id, title, about, span }: Panel) {
    const heading = h('h2', { id: `panel-${id}` }, title);
    const head = h('div', { class: 'panel-head' }, h('div', {}, heading, h('p', { class: 'about' }, about)), this.mark);
    this.element = h('section', { class: `panel span-${span}`, 'aria-labelledby': `panel-${id}` }, head, this.body);
  }

  show({ blocks, mark }: Panel, times: BoardDocument): void {
    const marked = JSON.stringify(mark ?? '');
    if (marked !== this.marked) {
      this.mark.replaceChildren(...(mark ? [markElement(mark)] : []));
      this.element.dataset['tone'] = mark?.tone ?? '';
    }
    this.marked = marked;
    const next = blocks.map((block, index) => this.blockShown(block, this.shown[index], times));
    if (next.length !== this.shown.length || next.some((one, index) => one !== this.shown[index]))
      this.body.replaceChildren(...next.map(({ element }) => element));
    this.shown = next;
  }

  redraw(): void {
    for (const { plots } of this.shown) plots?.redraw();
  }

  private blockShown(block: Block, before: Shown | undefined, times: BoardDocument): Shown {
    if (block.kind === 'plots') {
      const plots = before?.plots ?? new PlotsView();
      plots.show(block.items, times);
      return before?.plots ? before : { text: '', element: plots.element, plots };
    }
    const text = JSON.stringify(block);
    return before?.text === text ? before : { text, element: blockElement(block) };
  }
}

/** The panels of a board, by their ids. */
export class PanelsView {
  private readonly views = new Map<string, PanelView>();
  private readonly root: HTMLElement;

  constructor(root: HTMLElement) {
    this.root = root;
  }

  show(document_: BoardDocument): void {
    for (const panel of document_.panels) {
      let view = this.views.get(panel.id);
      if (!view) {
        view = new PanelView(panel);
        this.views.set(panel.id, view);
        this.root.append(view.element);
      }
      view.show(panel, document_);
    }
  }

  redraw(): void {
    for (const view of this.views.values()) view.redraw();
  }
}
