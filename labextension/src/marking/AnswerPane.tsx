import type { AnswersInHand, HandAnswer } from '../api/contract';
import { useNexus } from '../components/context';
import { Markdown } from '../components/Markdown';
import { moment, points } from '../format';
import { useTeaching } from '../teaching/view';
import { originWord } from './words';

/** What a learner wrote, for all who wrote alike. */
export function AnswerPane({ answer, held }: { answer: HandAnswer; held: AnswersInHand }) {
  const { trans } = useNexus();
  const { show } = useTeaching();
  const { submission_id: submissionId } = answer;
  return (
    <article className="nx-desk-answer" aria-label={trans.__('The answer')}>
      <header className="nx-page-meta">
        <strong>
          {held.ids.length > 1
            ? trans.__('%1 answers that are alike', held.ids.length)
            : trans.__('One answer')}
        </strong>
        {answer.name !== null && <span>{answer.name}</span>}
        {answer.attempt !== null && (
          <span className="nx-muted">{trans.__('attempt %1', answer.attempt)}</span>
        )}
        {submissionId !== null && (
          <button
            type="button"
            className="nx-link"
            onClick={() => show({ tab: 'submissions', submissionId })}
          >
            {trans.__('The whole notebook')}
          </button>
        )}
      </header>
      <AnswerText answer={answer} />
      {answer.outputs && (
        <>
          <span className="nx-muted">{trans.__('What the cell showed')}</span>
          <pre className="nx-code">{answer.outputs}</pre>
        </>
      )}
      {held.variants.length > 0 && (
        <details className="nx-disclosure">
          <summary>{trans.__('Other ways of writing it')}</summary>
          {held.variants.map(text => (
            <pre key={text} className="nx-code">
              {text}
            </pre>
          ))}
        </details>
      )}
      {answer.history.length > 0 && <History answer={answer} />}
    </article>
  );
}

function AnswerText({ answer }: { answer: HandAnswer }) {
  const { trans } = useNexus();
  if (answer.text.trim() === '') {
    return <p className="nx-empty">{trans.__('Nothing was written.')}</p>;
  }
  return answer.is_code ? (
    <pre className="nx-code">
      <code>{answer.text}</code>
    </pre>
  ) : (
    <div className="nx-cell-text">
      <Markdown text={answer.text} />
    </div>
  );
}

function History({ answer }: { answer: HandAnswer }) {
  const { trans } = useNexus();
  return (
    <details className="nx-disclosure">
      <summary>{trans.__('Marks that it was given before')}</summary>
      <ul className="nx-plain-list">
        {answer.history.map(mark => (
          <li key={`${mark.marked_at}/${mark.origin}`}>
            <strong>{points(mark.points)}</strong> {mark.marked_by} {originWord(mark.origin, trans)}{' '}
            {mark.is_undone && <em>{trans.__('(undone)')}</em>}{' '}
            <span className="nx-muted">{moment(mark.marked_at)}</span>
            {mark.comment && <p className="nx-result-message nx-comment">{mark.comment}</p>}
          </li>
        ))}
      </ul>
    </details>
  );
}
