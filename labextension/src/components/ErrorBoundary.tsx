import type { TranslationBundle } from '@jupyterlab/translation';
import { Component, type ReactNode } from 'react';
import { messageOf } from '../api/errors';

interface Props {
  trans: TranslationBundle;
  children: ReactNode;
}

/** Keeps a broken component from taking the page with it. */
export class ErrorBoundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) {
      return this.props.children;
    }
    const { trans } = this.props;
    return (
      <div className="nx-problem" role="alert">
        <p>{trans.__('This part of the page broke.')}</p>
        <p className="nx-muted">{messageOf(error)}</p>
        <button type="button" className="nx-button" onClick={() => this.setState({ error: null })}>
          {trans.__('Try again')}
        </button>
      </div>
    );
  }
}
