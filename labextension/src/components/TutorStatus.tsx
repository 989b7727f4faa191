import type { TutorState } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from './context';
import { useFetched, useResource } from './hooks';

/** What the tutor does here, and who said so; nothing where all is on. */
export function TutorStatus({ nodeId }: { nodeId: string | null }) {
  const { model, trans } = useNexus();
  const tutor = useFetched(nodeId ?? '', () =>
    model.api.get(routes.tutor, nodeId ? { node_id: nodeId } : undefined)
  );
  const { data } = useResource(tutor);
  const texts = data ? statusTexts(data, trans) : [];
  return texts.length > 0 ? <p className="nx-muted">{texts.join(' ')}</p> : null;
}

interface Words {
  __: (text: string, ...args: (string | number)[]) => string;
}

/** Sentences on what is not on, each with its reason. Pure. */
export function statusTexts({ mode, model_rests: rests, reasons }: TutorState, trans: Words): string[] {
  const by = (subject: 'mode' | 'model') => reasons.find(reason => reason.subject === subject)?.by;
  const who = by('mode') ?? '';
  const model = by('model');
  return [
    mode === 'off' && trans.__('The tutor is switched off here (by %1).', who),
    mode === 'hints' && trans.__('Hints are on; the chat is switched off here (by %1).', who),
    model === 'you' && trans.__('No language model is asked, as you wish.'),
    model !== undefined && model !== 'you' && trans.__('Which model answers was chosen by %1.', model),
    rests && trans.__('The language model does not answer just now; the rules do.')
  ].filter(text => typeof text === 'string');
}
