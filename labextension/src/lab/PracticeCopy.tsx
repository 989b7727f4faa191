import { useCallback } from 'react';
import type { NodeDetail } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useResource } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import type { LabSession } from './session';

/** Offers a fresh copy of a lab that is over. */
export function Practise({ session }: { session: LabSession }) {
  const { model, host, trans } = useNexus();
  const { data: node } = useResource(session.node);
  const practise = useAction(
    useCallback(async () => {
      const { path } = await model.api.post(routes.practiceCopy(session.nodeId));
      if (path) {
        await host.open({ page: 'notebook', path });
      }
    }, [host, model, session])
  );
  if (!node?.lab?.practice_path) {
    return null;
  }
  return (
    <p className="nx-lab-foot">
      <button type="button" className="nx-link" disabled={practise.busy} onClick={() => void practise.run()}>
        {trans.__('Practise on a fresh copy')}
      </button>{' '}
      <span className="nx-muted">{trans.__('It never counts, and this notebook stays as it is.')}</span>
      <InlineProblem text={practise.problem} />
    </p>
  );
}

/** What a practice copy is for. */
export function PracticeNote({ node }: { node: NodeDetail }) {
  const { host, trans } = useNexus();
  return (
    <div className="nx-note nx-note-info">
      <p>{trans.__('This is your practice copy: check it as often as you like. It is never handed in.')}</p>
      <button
        type="button"
        className="nx-button"
        onClick={() => void host.open({ page: 'node', id: node.id })}
      >
        {trans.__('Open the lab itself')}
      </button>
    </div>
  );
}
