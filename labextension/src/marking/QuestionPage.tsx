import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { Likeness, QuestionToMark, RubricItem } from '../api/contract';
import { useNexus } from '../components/context';
import { InlineProblem } from '../components/InlineProblem';
import { Markdown } from '../components/Markdown';
import { inWords } from '../lab/checks';
import type { Resource } from '../model/resource';
import { useRuns } from '../teaching/view';
import { AnswerPane } from './AnswerPane';
import { type DeskKey, deskKey } from './keys';
import { MarkPane } from './MarkPane';
import { RubricEditor } from './RubricEditor';
import { MarkingSession, type QuestionPlace } from './session';
import { leftText } from './words';

interface Props {
  question: QuestionToMark;
  place: QuestionPlace;
  resource: Resource<QuestionToMark>;
}

/** One question: a group of alike answers at the left, the mark at the right, and keys for all of it. */
export function QuestionPage({ question, place, resource }: Props) {
  const { model, trans } = useNexus();
  const [session] = useState(() => new MarkingSession(model.api, place));
  const state = useSyncExternalStore(session.subscribe, session.snapshot);
  const runs = useRuns(place.cohortId);
  const [isEditing, setIsEditing] = useState(question.rubric.version === 0 && runs);
  const desk = useRef<HTMLElement>(null);
  const comment = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    void session.next();
    return () => void session.close();
  }, [session]);
  useDeskKeys(desk, { session, question, isOff: isEditing, comment });
  const left = leftText(state.left, trans);
  return (
    <section
      ref={desk}
      tabIndex={-1}
      className="nx-desk"
      aria-label={trans.__('Marking %1', inWords(question.grade_id))}
    >
      <header className="nx-filter">
        <h2>{inWords(question.grade_id)}</h2>
        <LikenessSelect by={state.by} onChange={by => void session.groupBy(by)} />
        {runs && (
          <button type="button" className="nx-link nx-filter-end" onClick={() => setIsEditing(now => !now)}>
            {isEditing ? trans.__('Close the rubric') : trans.__('Change the rubric')}
          </button>
        )}
      </header>
      <Task question={question} />
      {isEditing && (
        <RubricEditor
          question={question}
          place={place}
          onSaved={async () => {
            await resource.reload();
            setIsEditing(false);
            desk.current?.focus(); // what had the focus is gone
          }}
        />
      )}
      <p className="nx-muted" role="status">
        {state.isLoading
          ? trans.__('Looking for what comes next…')
          : trans.__('%1 waiting · %2 marked here', state.held?.waiting ?? 0, state.marked)}
        {!state.isLoading && state.sending > 0 && (
          <>
            {' · '}
            {trans.__('being saved…')}
          </>
        )}
      </p>
      {left && <p className="nx-note">{left}</p>}
      <InlineProblem text={state.problem} as="p" />
      {state.held?.answer ? (
        <div className="nx-desk-columns">
          <AnswerPane answer={state.held.answer} held={state.held} />
          <MarkPane question={question} session={session} comment={comment} />
        </div>
      ) : (
        !state.isLoading && <NothingLeft session={session} />
      )}
    </section>
  );
}

function Task({ question }: { question: QuestionToMark }) {
  const { trans } = useNexus();
  return (
    <details className="nx-disclosure">
      <summary>{trans.__('The task, and the author’s answer')}</summary>
      {question.task && <Markdown text={question.task} />}
      {question.model_answer &&
        (question.is_code ? (
          <pre className="nx-code">
            <code>{question.model_answer}</code>
          </pre>
        ) : (
          <Markdown text={question.model_answer} />
        ))}
    </details>
  );
}

function NothingLeft({ session }: { session: MarkingSession }) {
  const { trans } = useNexus();
  const { canUndo, held } = useSyncExternalStore(session.subscribe, session.snapshot);
  return (
    <div className="nx-empty">
      <p>
        {held && held.waiting > 0
          ? trans.__('What still waits is skipped, or in somebody else’s hand.')
          : trans.__('Nothing waits any more.')}
      </p>
      {canUndo && (
        <button type="button" className="nx-button" onClick={() => void session.undo()}>
          {trans.__('Undo the last mark')}
        </button>
      )}
    </div>
  );
}

function LikenessSelect({ by, onChange }: { by: Likeness; onChange: (by: Likeness) => void }) {
  const { trans } = useNexus();
  return (
    <label>
      {trans.__('Together are answers that are')}{' '}
      <select value={by} onChange={event => onChange(event.target.value as Likeness)}>
        <option value="alike">{trans.__('alike')}</option>
        <option value="identical">{trans.__('identical')}</option>
        <option value="output">{trans.__('of the same output')}</option>
      </select>
    </label>
  );
}

interface Keys {
  session: MarkingSession;
  question: QuestionToMark;
  /** whether keys mean nothing now */
  isOff: boolean;
  comment: React.RefObject<HTMLTextAreaElement>;
}

/** Keys of the desk, as long as it is shown and nobody types. */
function useDeskKeys(desk: React.RefObject<HTMLElement>, keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const { isOff, ...parts } = latest.current;
      const key = isOff || !isMeant(event, desk.current) ? null : deskKey(event);
      if (key) {
        event.preventDefault();
        act(key, parts);
      }
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [desk]);
}

/** Whether a key is meant for the desk: it is shown, the focus is nowhere else, and nobody types or presses a button. */
function isMeant(event: KeyboardEvent, desk: HTMLElement | null): boolean {
  const target = event.target as Element | null;
  if (!desk?.offsetParent || event.defaultPrevented) {
    return false;
  }
  const isElsewhere = target !== document.body && !desk.contains(target);
  const isTyped = target?.closest('textarea, select, input:not([type="checkbox"])') != null;
  const isPressed = event.key === 'Enter' && target?.closest('button, a, summary') != null;
  return !isElsewhere && !isTyped && !isPressed;
}

function act(key: DeskKey, { session, question, comment }: Omit<Keys, 'isOff'>): void {
  const items = question.rubric.items.filter(({ is_retired }) => !is_retired);
  switch (key.does) {
    case 'choose':
      withItem(items, key.place, id => session.choose(id));
      break;
    case 'give_alone':
      withItem(items, key.place, id => {
        session.set({ chosen: [id] });
        void session.give();
      });
      break;
    case 'give':
      if (session.mayGive(question.rubric)) {
        void session.give();
      }
      break;
    case 'skip':
      void session.skip();
      break;
    case 'comment':
      comment.current?.focus();
      break;
    case 'undo':
      void session.undo();
  }
}

function withItem(items: RubricItem[], place: number, use: (id: string) => void): void {
  const item = items[place];
  if (item) {
    use(item.id);
  }
}
