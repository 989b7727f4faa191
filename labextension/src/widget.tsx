import { ReactWidget } from '@jupyterlab/apputils';
import type { ReactNode } from 'react';
import { type Nexus, NexusProvider } from './components/context';
import { ErrorBoundary } from './components/ErrorBoundary';

/** A Lumino widget that shows a React tree inside our context and error boundary. */
export class NexusWidget extends ReactWidget {
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

  override render(): JSX.Element {
    return (
      <NexusProvider value={this._nexus}>
        <ErrorBoundary trans={this._nexus.trans}>{this._body()}</ErrorBoundary>
      </NexusProvider>
    );
  }
}
