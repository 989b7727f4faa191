/** JupyterLab's editor, highlighter, Markdown, formulas and outputs, without its shell. Large: loaded when first needed. */

import { EditorView } from '@codemirror/view';
import type { IYText } from '@jupyter/ydoc';
import { CodeEditor } from '@jupyterlab/codeeditor';
import {
  CodeMirrorEditorFactory,
  CodeMirrorMimeTypeService,
  EditorExtensionRegistry,
  EditorLanguageRegistry,
  EditorThemeRegistry,
  parseMathIPython,
  ybinding
} from '@jupyterlab/codemirror';
import { createMarkdownParser } from '@jupyterlab/markedparser-extension';
import { MathJaxTypesetter } from '@jupyterlab/mathjax-extension';
import { MimeModel, RenderMimeRegistry, standardRendererFactories } from '@jupyterlab/rendermime';
import { decorator } from '../decorate';
import { errorOutputFactory } from '../notebook/error-output';
import { formulasOnly } from '../notebook/formulas';
import { readersWords } from '../words';

const languages = editorLanguages();
const typesetter = formulasOnly(new MathJaxTypesetter());

export const mimeTypes = new CodeMirrorMimeTypeService(languages);
export const editors = new CodeMirrorEditorFactory({ extensions: editorExtensions(), languages });
export const rendermime = new RenderMimeRegistry({
  initialFactories: [...standardRendererFactories, errorOutputFactory(readersWords())],
  latexTypesetter: typesetter,
  markdownParser: createMarkdownParser(languages)
});

export const decorate = decorator(languages, typesetter);

export async function renderMarkdown(text: string): Promise<HTMLElement> {
  const renderer = rendermime.createRenderer('text/markdown');
  await renderer.renderModel(new MimeModel({ data: { 'text/markdown': text }, trusted: false }));
  return renderer.node;
}

export function newEditor(host: HTMLElement, language: string): CodeEditor.IEditor {
  const mimeType = String(mimeTypes.getMimeTypeByLanguage({ name: language }));
  const editor = editors.newInlineEditor({ host, model: new CodeEditor.Model({ mimeType }) });
  editor.setOption('lineNumbers', true);
  return editor;
}

function editorLanguages(): EditorLanguageRegistry {
  const registry = new EditorLanguageRegistry();
  for (const language of EditorLanguageRegistry.getDefaultLanguages()) {
    registry.addLanguage(language);
  }
  registry.addLanguage({
    name: 'ipythongfm',
    mime: 'text/x-ipythongfm',
    load: async () => {
      const { markdown, markdownLanguage } = await import('@codemirror/lang-markdown');
      return markdown({ base: markdownLanguage, extensions: [parseMathIPython()] });
    }
  });
  return registry;
}

function editorExtensions(): EditorExtensionRegistry {
  const registry = new EditorExtensionRegistry();
  const themes = new EditorThemeRegistry();
  for (const theme of EditorThemeRegistry.getDefaultThemes()) {
    themes.addTheme(theme);
  }
  for (const factory of EditorExtensionRegistry.getDefaultExtensions({ themes })) {
    registry.addExtension(factory);
  }
  registry.addExtension({
    name: 'shared-model-binding',
    factory: options => {
      const { ysource, undoManager } = options.model.sharedModel as IYText;
      return EditorExtensionRegistry.createImmutableExtension(
        ybinding({ ytext: ysource, undoManager: undoManager ?? undefined })
      );
    }
  });
  // a screen reader says what one is typing into
  registry.addExtension({
    name: 'editor-name',
    factory: () =>
      EditorExtensionRegistry.createImmutableExtension(
        EditorView.contentAttributes.of({ 'aria-label': 'Code' })
      )
  });
  return registry;
}
