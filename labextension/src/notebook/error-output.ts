import { errorRendererFactory, MimeModel } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { whereToLook } from '../lab/traceback';

const ERROR = 'application/vnd.jupyter.error';
const STDERR = 'application/vnd.jupyter.stderr';

interface ErrorData {
  ename: string;
  evalue: string;
  traceback: string[];
}

/** Shows an error as what happened and where in the learner's own lines; the whole traceback is folded. */
export function errorOutputFactory(trans: TranslationBundle): IRenderMime.IRendererFactory {
  return {
    safe: true,
    mimeTypes: [ERROR],
    // before the plain traceback, which JupyterLab offers beside it
    defaultRank: 20,
    createRenderer: options => new ErrorOutput(options, trans)
  };
}

class ErrorOutput extends Widget implements IRenderMime.IRenderer {
  constructor(
    private readonly _options: IRenderMime.IRendererOptions,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('nx-error');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const error = model.data[ERROR] as unknown as ErrorData;
    const whole = await this._whole(error);
    this.node.replaceChildren(this._title(error), ...this._place(error), whole);
  }

  private _title({ ename, evalue }: ErrorData): HTMLElement {
    const title = document.createElement('p');
    const name = document.createElement('strong');
    name.textContent = ename;
    title.append(name, evalue ? `: ${evalue}` : '');
    return title;
  }

  private _place({ traceback }: ErrorData): HTMLElement[] {
    const frame = whereToLook(traceback);
    if (!frame) {
      return [];
    }
    const place = document.createElement('p');
    const code = document.createElement('code');
    code.textContent = frame.code;
    place.append(this._trans.__('Look at line %1 of cell [%2]: ', frame.line, frame.count), code);
    return [place];
  }

  private async _whole({ ename, evalue, traceback }: ErrorData): Promise<HTMLElement> {
    const details = document.createElement('details');
    const summary = document.createElement('summary');
    summary.textContent = this._trans.__('The whole traceback');
    const text = traceback.join('\n') || `${ename}: ${evalue}`;
    const renderer = errorRendererFactory.createRenderer({ ...this._options, mimeType: STDERR });
    await renderer.renderModel(new MimeModel({ data: { [STDERR]: text }, trusted: false }));
    details.append(summary, renderer.node);
    return details;
  }
}
