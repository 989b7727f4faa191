import { type FormEvent, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useNexus } from '../components/context';
import type { AskedQuestion, Foreground, ShownNews } from './foreground';

/** Over the page: the question that waits for an answer, and the news. */
export function ForegroundView({ foreground }: { foreground: Foreground }) {
  const { question, news } = useSyncExternalStore(foreground.subscribe, foreground.snapshot);
  return (
    <>
      {question && <QuestionDialog question={question} />}
      <div className="nx-news" aria-live="polite">
        {news.map(one => (
          <NewsCard key={one.id} news={one} close={() => foreground.close(one.id)} />
        ))}
      </div>
    </>
  );
}

function QuestionDialog({ question }: { question: AskedQuestion }) {
  const { trans } = useNexus();
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState('');
  useEffect(() => dialog.current?.showModal(), []);
  const send = (event: FormEvent) => {
    event.preventDefault();
    question.answer(text);
  };
  return (
    <dialog
      ref={dialog}
      className="nx-question-dialog"
      aria-labelledby="nx-question-title"
      onCancel={() => question.answer(null)}
    >
      <form onSubmit={send}>
        <h2 id="nx-question-title">{question.title}</h2>
        {question.takesText ? (
          <label>
            {question.text ?? question.title}
            <input className="nx-text" value={text} onChange={event => setText(event.target.value)} />
          </label>
        ) : (
          question.text && <p>{question.text}</p>
        )}
        <p className="nx-question-buttons">
          <button type="button" className="nx-button" onClick={() => question.answer(null)}>
            {question.no ?? trans.__('Cancel')}
          </button>
          <button type="submit" className="nx-button" data-primary="true">
            {question.yes}
          </button>
        </p>
      </form>
    </dialog>
  );
}

function NewsCard({ news, close }: { news: ShownNews; close: () => void }) {
  const { trans } = useNexus();
  const { action } = news;
  const act = () => {
    close();
    action?.run();
  };
  return (
    <div className="nx-news-card" data-kind={news.kind}>
      <span>{news.text}</span>
      {action && (
        <button type="button" className="nx-button" onClick={act}>
          {action.label}
        </button>
      )}
      <button type="button" className="nx-icon-button" aria-label={trans.__('Close')} onClick={close}>
        ×
      </button>
    </div>
  );
}
