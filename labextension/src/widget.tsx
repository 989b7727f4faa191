import { ReactWidget } from '@jupyterlab/apputils';
import type { ReactNode } from 'react';
import { type Nexus, NexusProvider } from './components/context';
import { ErrorBoundary } from './components/ErrorBoundary';

/** A Lumino widget that shows a React tree inside our context and error boundary. */
export class NexusWidget extends ReactWidget {
  private _wasShown = false;

  constructor(
    private readonly _nexus: Nexus,
    private readonly _body: () => ReactNode,
    className = ''
  ) {
    super();
    this.addClass('nx-root');
    if (className) {
      this.addClass(className);
    }
  }

  /** A panel that was never looked at asks the server for nothing. */
  override render(): JSX.Element | null {
    this._wasShown ||= this.isVisible;
    if (!this._wasShown) {
      return null;
    }
    return (
      <NexusProvider value={this._nexus}>
        <ErrorBoundary trans={this._nexus.trans}>{this._body()}</ErrorBoundary>
      </NexusProvider>
    );
  }

  protected override onAfterShow(): void {
    if (!this._wasShown) {
      this.update();
    }
  }
}
