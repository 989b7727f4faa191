/** A bar above each cell of an author's lab: its role, its points, and what is wrong with it. */

import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { type AuthorRole, isGraded, markOf, ROLES, roleOf } from './roles';
import type { AuthorSession } from './session';
import { mistakeWords, roleWord } from './words';

interface Bar {
  node: HTMLElement;
  role: HTMLSelectElement;
  points: HTMLInputElement;
  said: HTMLElement;
}

/** Keep a bar above each cell for as long as the notebook is open. */
export function showCellBars(
  notebook: NotebookPanel,
  session: AuthorSession,
  trans: TranslationBundle
): void {
  const bars = new WeakMap<Cell, Bar>();
  const show = () => {
    const { cells, mistakes, problems } = session.state.snapshot();
    notebook.content.widgets.forEach((widget, index) => {
      const cell = cells[index];
      if (!cell || widget.isDisposed) {
        return;
      }
      let bar = bars.get(widget);
      if (!bar) {
        bar = newBar(() => notebook.content.widgets.indexOf(widget), session, trans);
        bars.set(widget, bar);
        void widget.ready.then(show);
      }
      // A new cell's own parts come after its bar did.
      if (widget.node.firstElementChild !== bar.node) {
        widget.node.prepend(bar.node);
      }
      const role = roleOf(cell);
      fillRoles(bar.role, cell.cell_type, role, trans);
      bar.role.setAttribute('aria-label', trans.__('Role of cell %1', index + 1));
      bar.points.setAttribute('aria-label', trans.__('Points of cell %1', index + 1));
      bar.points.hidden = !isGraded(role);
      if (bar.points !== document.activeElement) {
        bar.points.value = String(markOf(cell).points ?? '');
      }
      bar.node.dataset.role = role;
      bar.said.textContent = [
        ...mistakes.filter(mistake => mistake.cell === index).map(mistake => mistakeWords(mistake, trans)),
        ...problems.filter(problem => problem.cell === index).map(problem => problem.message)
      ].join(' ');
    });
  };
  const unsubscribe = session.state.subscribe(show);
  notebook.disposed.connect(unsubscribe);
  show();
}

function newBar(indexOf: () => number, session: AuthorSession, trans: TranslationBundle): Bar {
  const node = document.createElement('div');
  node.className = 'nx-author-bar';
  const role = document.createElement('select');
  role.addEventListener('change', () => session.setRole(indexOf(), role.value as AuthorRole));
  const points = document.createElement('input');
  points.type = 'number';
  points.min = '0';
  points.step = 'any';
  points.title = trans.__('Points');
  points.addEventListener('input', () => {
    if (Number.isFinite(points.valueAsNumber)) {
      session.setMark(indexOf(), { points: points.valueAsNumber });
    }
  });
  const said = document.createElement('span');
  said.className = 'nx-author-said';
  node.append(role, points, said);
  // JupyterLab's keys for cells are not meant for who chooses a role; Escape leads back to them.
  node.addEventListener('keydown', event => {
    event.stopPropagation();
    if (event.key === 'Escape') {
      session.notebook.select(indexOf());
    }
  });
  return { node, role, points, said };
}

function fillRoles(
  select: HTMLSelectElement,
  type: string,
  role: AuthorRole,
  trans: TranslationBundle
): void {
  if (select.dataset.type !== type) {
    select.dataset.type = type;
    select.replaceChildren(
      ...(ROLES[type] ?? ROLES.raw).map(each => new Option(roleWord(each, trans), each))
    );
  }
  if (select.value !== role) {
    select.value = role;
  }
}
