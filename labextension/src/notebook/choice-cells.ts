import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { type ChoiceKind, choiceKind, choose, countBoxes } from '../lab/choices';

const RENDERED = '.jp-MarkdownOutput';

/** Choice cells can be answered where they are rendered: JupyterLab renders a cell anew at each change, and says so to nobody. */
export function enlivenChoices(notebook: NotebookPanel): void {
  const observer = new MutationObserver(records => {
    const rendered = new Set<Element>();
    for (const { target } of records) {
      const output = target instanceof Element ? target.closest(RENDERED) : null;
      if (output) {
        rendered.add(output);
      }
    }
    for (const output of rendered) {
      const cell = notebook.content.widgets.find(({ node }) => node.contains(output));
      if (cell) {
        enliven(cell, output);
      }
    }
  });
  observer.observe(notebook.content.node, { childList: true, subtree: true });
  notebook.disposed.connect(() => observer.disconnect());
}

function enliven(cell: Cell, output: Element): void {
  const kind = choiceKind(cell.model.getMetadata('extended_cell'));
  const boxes = [...output.querySelectorAll<HTMLInputElement>('li input[type="checkbox"]')];
  // Where boxes stand that are no options (in a list below an item, say), the text has to be edited.
  if (!kind || cell.model.getMetadata('editable') === false || boxes.length !== countBoxes(source(cell))) {
    return;
  }
  for (const [number, box] of boxes.entries()) {
    if (box.disabled) {
      offer(cell, kind, box, number);
    }
  }
}

function offer(cell: Cell, kind: ChoiceKind, box: HTMLInputElement, number: number): void {
  const option = box.closest('li');
  box.disabled = false;
  if (kind === 'singlechoice') {
    box.type = 'radio';
    box.name = `choice-${cell.model.id}`;
  }
  box.setAttribute('aria-label', option?.textContent?.trim() ?? '');
  box.addEventListener('change', () => {
    cell.model.sharedModel.setSource(choose(source(cell), kind, number));
  });
  option?.classList.add('nx-choice');
  option?.addEventListener('click', ({ target }) => {
    if (target instanceof Element && target !== box && !target.closest('a')) {
      box.click();
    }
  });
  // Two quick clicks would open the cell's text.
  option?.addEventListener('dblclick', event => event.stopPropagation());
}

function source(cell: Cell): string {
  return cell.model.sharedModel.getSource();
}
