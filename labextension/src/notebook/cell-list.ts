import type { NotebookPanel } from '@jupyterlab/notebook';

/** Tell screen readers that a notebook is a group of cells: JupyterLab says "feed", and its cells are no articles. */
export function nameCellList(notebook: NotebookPanel): void {
  for (const list of notebook.content.node.querySelectorAll('[role="feed"]')) {
    list.setAttribute('role', 'group');
  }
}
