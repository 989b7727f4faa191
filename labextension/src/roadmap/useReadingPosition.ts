import { type RefObject, useEffect } from 'react';
import type { NodeDetail } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';

const SAVE_PAUSE_MS = 1_500;

/** Bring a note back to where the learner stopped, and remember where they are. */
export function useReadingPosition(node: NodeDetail, scroller: RefObject<HTMLElement>): void {
  const { model } = useNexus();
  const { id, type } = node;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only opening the node may move the page
  useEffect(() => {
    const box = scroller.current;
    if (type !== 'note' || !box) {
      return;
    }
    if (node.position !== null && node.position > 0) {
      requestAnimationFrame(() => {
        box.scrollTop = (node.position ?? 0) * (box.scrollHeight - box.clientHeight);
      });
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const save = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const way = box.scrollHeight - box.clientHeight;
        const position = way > 0 ? Math.min(1, box.scrollTop / way) : 0;
        // a lost resume point is no reason to disturb a reader
        model.api.put(routes.position(id), { position }).catch(() => undefined);
      }, SAVE_PAUSE_MS);
    };
    box.addEventListener('scroll', save, { passive: true });
    return () => {
      clearTimeout(timer);
      box.removeEventListener('scroll', save);
    };
  }, [id, type, model, scroller]);
}
