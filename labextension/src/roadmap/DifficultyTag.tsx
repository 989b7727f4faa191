import type { Difficulty } from '../api/contract';
import { useNexus } from '../components/context';

/** How hard a roadmap is, as a coloured word. */
export function DifficultyTag({ difficulty }: { difficulty: Difficulty }) {
  const { trans } = useNexus();
  const words: Record<Difficulty, string> = {
    beginner: trans.__('Beginner'),
    intermediate: trans.__('Intermediate'),
    advanced: trans.__('Advanced')
  };
  return <span className={`nx-tag nx-difficulty-${difficulty}`}>{words[difficulty]}</span>;
}
