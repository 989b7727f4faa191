import { useSyncExternalStore } from 'react';
import { useNexus } from '../components/context';
import { moment } from '../format';
import type { Observable } from '../model/observable';
import type { Draft } from './drafts';
import type { Saver } from './saver';

export interface Offer {
  /** what was typed here and never reached the server */
  draft: Draft | null;
}

interface Props {
  saver: Saver;
  offer: Observable<Offer>;
  onRestore: () => void;
  onDiscard: () => void;
  onCompareDraft: () => void;
  onResolve: () => void;
}

/** Above a document: a draft that the server never got, or a version that somebody else saved meanwhile. */
export function SavingBanner(props: Props) {
  const { draft } = useSyncExternalStore(props.offer.subscribe, props.offer.snapshot);
  const { conflict } = useSyncExternalStore(props.saver.subscribe, props.saver.snapshot);
  if (draft) {
    return <DraftOffer draft={draft} {...props} />;
  }
  return conflict ? <Conflict onResolve={props.onResolve} /> : null;
}

function DraftOffer({ draft, onRestore, onDiscard, onCompareDraft }: Props & { draft: Draft }) {
  const { trans } = useNexus();
  const when = moment(draft.typedAt);
  return (
    <div className="nx-kernel-banner nx-note nx-note-info" role="status">
      <div>
        <strong>{trans.__('This browser kept what you typed')}</strong>
        <p>{trans.__('Your text of %1 did not reach the server. Shall it be put back?', when)}</p>
      </div>
      <span className="nx-banner-remedy">
        <button type="button" className="nx-button" onClick={onCompareDraft}>
          {trans.__('Compare')}
        </button>
        <button type="button" className="nx-button" onClick={onDiscard}>
          {trans.__('Throw it away')}
        </button>
        <button type="button" className="nx-button" data-primary="true" onClick={onRestore}>
          {trans.__('Put it back')}
        </button>
      </span>
    </div>
  );
}

function Conflict({ onResolve }: { onResolve: () => void }) {
  const { trans } = useNexus();
  return (
    <div className="nx-kernel-banner nx-note nx-note-info" role="status">
      <div>
        <strong>{trans.__('This was changed elsewhere')}</strong>
        <p>
          {trans.__(
            'Another tab or device saved a different version. What you type here is kept in this browser until you choose.'
          )}
        </p>
      </div>
      <span className="nx-banner-remedy">
        <button type="button" className="nx-button" onClick={onResolve}>
          {trans.__('Compare and choose')}
        </button>
      </span>
    </div>
  );
}
