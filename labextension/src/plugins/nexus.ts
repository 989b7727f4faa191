import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IThemeManager } from '@jupyterlab/apputils';
import { CodeEditor, IEditorServices } from '@jupyterlab/codeeditor';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { ILatexTypesetter, IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import { ITranslator } from '@jupyterlab/translation';
import type { Nexus } from '../components/context';
import { decorator } from '../decorate';
import { showKeptDisplay } from '../display';
import { INexus, INexusModel, PLUGIN_PREFIX } from '../tokens';
import { chooseWords } from '../words';
import { labHost } from './lab-host';

/** Provides what every component may reach. */
export const nexusPlugin: JupyterFrontEndPlugin<Nexus> = {
  id: `${PLUGIN_PREFIX}:nexus`,
  description:
    'The context of every NexusAI component: model, translation, the application around it, rendering.',
  autoStart: true,
  provides: INexus,
  requires: [INexusModel, ITranslator, IRenderMimeRegistry, IEditorServices],
  optional: [IEditorLanguageRegistry, ILatexTypesetter, IThemeManager],
  activate: (
    app: JupyterFrontEnd,
    model: INexusModel,
    translator: ITranslator,
    rendermime: IRenderMimeRegistry,
    editors: IEditorServices,
    languages: IEditorLanguageRegistry | null,
    typesetter: ILatexTypesetter | null,
    themes: IThemeManager | null
  ): Nexus => {
    showKeptDisplay();
    const trans = translator.load('nexusai');
    chooseWords(trans);
    document.documentElement.lang = translator.languageCode;
    return {
      model,
      trans,
      host: labHost(app, trans, themes),
      decorate: decorator(languages, typesetter),
      renderMarkdown: async text => {
        const renderer = rendermime.createRenderer('text/markdown');
        await renderer.renderModel(new MimeModel({ data: { 'text/markdown': text }, trusted: false }));
        return renderer.node;
      },
      newEditor: async (host, language) => {
        const mimeType = String(editors.mimeTypeService.getMimeTypeByLanguage({ name: language }));
        const editor = editors.factoryService.newInlineEditor({
          host,
          model: new CodeEditor.Model({ mimeType })
        });
        editor.setOption('lineNumbers', true);
        return editor;
      }
    };
  }
};
