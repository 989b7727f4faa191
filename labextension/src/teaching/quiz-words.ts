import { useNexus } from '../components/context';
import type { QuestionKind } from './quiz-form';

/** What the kinds of questions are called. */
export function useKindWords(): Record<QuestionKind, string> {
  const { trans } = useNexus();
  return {
    single: trans.__('One choice is right'),
    multiple: trans.__('Several choices are right'),
    ordering: trans.__('Put into order'),
    numeric: trans.__('A number'),
    text: trans.__('A short text'),
    code_output: trans.__('What a program prints')
  };
}
