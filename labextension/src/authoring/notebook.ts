/** A JupyterLab notebook as its author's tools see it. */

import type { NotebookPanel } from '@jupyterlab/notebook';
import type { CellLike } from '../lab/checks';
import type { AuthoredNotebook } from './session';

const OURS = ['nbgrader', 'extended_cell', 'nexus'];

export function authoredNotebook(panel: NotebookPanel): AuthoredNotebook {
  const { content } = panel;
  const modelAt = (index: number) => content.widgets[index]?.model;
  return {
    path: () => panel.context.path,
    cells: () =>
      content.widgets.map(({ model }) => ({
        cell_type: model.type,
        source: model.sharedModel.getSource(),
        metadata: { ...model.metadata }
      })) as CellLike[],
    activeIndex: () => Math.max(0, content.activeCellIndex),
    language: () => content.model?.defaultKernelLanguage || 'python',
    selectedLines: () => {
      const selection = content.activeCell?.editor?.getSelection();
      const isEmpty =
        !selection ||
        (selection.start.line === selection.end.line && selection.start.column === selection.end.column);
      return isEmpty ? null : { from: selection.start.line, to: selection.end.line };
    },
    setMetadata: (index, metadata) => {
      for (const key of OURS) {
        if (metadata[key] === undefined) {
          modelAt(index)?.deleteMetadata(key);
        } else {
          modelAt(index)?.setMetadata(key, metadata[key]);
        }
      }
    },
    setSource: (index, source) => modelAt(index)?.sharedModel.setSource(source),
    select: index => {
      content.activeCellIndex = index;
      const cell = content.widgets[index];
      if (cell) {
        content.mode = 'command';
        void content.scrollToCell(cell);
        content.activate();
      }
    },
    save: () => panel.context.save(),
    onChange: listener => {
      const heard = new WeakSet<object>();
      const hearCells = () => {
        for (const { model } of content.widgets) {
          if (!heard.has(model)) {
            heard.add(model);
            model.contentChanged.connect(listener);
            model.metadataChanged.connect(listener);
          }
        }
        listener();
      };
      content.model?.cells.changed.connect(hearCells);
      content.activeCellChanged.connect(listener);
      hearCells();
    }
  };
}
