import { type FormEvent, useCallback, useState } from 'react';
import type { GradedCell, SubmissionDetail } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { points } from '../format';
import { ResultMark } from '../lab/CheckList';
import { cellsOf, findGraded, gradeMark, titleOfGraded } from '../lab/checks';
import { cellWord } from '../lab/grade-words';
import { CellSource } from './NotebookView';

interface Given {
  points: string;
  comment: string;
}

type AllGiven = Record<string, Given>;

/** The results cell by cell; where a person is needed, or wants to, points and a comment can be given. */
export function ManualScoring({ detail, reload }: { detail: SubmissionDetail; reload: () => Promise<void> }) {
  const { model, trans } = useNexus();
  const [given, setGiven] = useState<AllGiven>(() => waiting(detail.cells));
  const [comment, setComment] = useState('');
  const save = useAction(
    useCallback(async () => {
      await model.api.post(routes.manualScore(detail.id), {
        cells: toSend(given),
        comment: comment.trim() || null
      });
      await reload();
    }, [comment, detail.id, given, model, reload])
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save.run();
  };
  const change = (id: string, value: Given | null) => setGiven(now => without(now, id, value));
  const isReady = Object.keys(toSend(given)).length > 0;
  return (
    <form onSubmit={submit} className="nx-scoring">
      <h3>{trans.__('Results')}</h3>
      <ul className="nx-results">
        {detail.cells.map(cell => (
          <ScoredCell
            key={cell.grade_id}
            cell={cell}
            detail={detail}
            given={given[cell.grade_id] ?? null}
            onChange={value => change(cell.grade_id, value)}
          />
        ))}
      </ul>
      {Object.keys(given).length > 0 && (
        <div className="nx-scoring-foot">
          <label>
            {trans.__('A word about the whole (the student reads it in the feedback)')}
            <textarea
              className="nx-text"
              rows={2}
              maxLength={10_000}
              value={comment}
              onChange={event => setComment(event.target.value)}
            />
          </label>
          <button
            type="submit"
            className="nx-button"
            data-primary="true"
            disabled={save.busy || !isReady || detail.status !== 'graded'}
          >
            {trans.__('Save the points')}
          </button>
          <InlineProblem text={save.problem} />
        </div>
      )}
    </form>
  );
}

interface CellProps {
  cell: GradedCell;
  detail: SubmissionDetail;
  given: Given | null;
  onChange: (given: Given | null) => void;
}

function ScoredCell({ cell, detail, given, onChange }: CellProps) {
  const { trans } = useNexus();
  const cells = cellsOf(detail.notebook);
  const title = titleOfGraded(cells, cell.grade_id);
  const answer = findGraded(cells, cell.grade_id);
  const isNeutral = cell.status === 'manual' || cell.status === 'partial';
  const begin = () =>
    onChange({ points: String(Math.round(cell.points * 100) / 100), comment: cell.comment ?? '' });
  return (
    <li className="nx-result nx-scored" data-status={cell.status}>
      <ResultMark good={cell.status === 'passed'} bad={cell.status !== 'passed' && !isNeutral} />
      <div className="nx-scored-head">
        <span className="nx-result-title">{title}</span>
        <span className="nx-muted">
          {cell.status === 'manual' ? trans.__('waits for your points') : cellWord(cell.status, trans)} ·{' '}
          {trans.__('%1 of %2', points(cell.points), points(cell.max_points))}
          {cell.trust === 'in_kernel' && ` · ${trans.__('tested in the student’s kernel')}`}
        </span>
        {!given && (
          <button
            type="button"
            className="nx-link"
            aria-label={trans.__('Change the points of %1', title)}
            onClick={begin}
          >
            {trans.__('Change the points')}
          </button>
        )}
      </div>
      {cell.message && <p className="nx-result-message">{cell.message}</p>}
      {answer && gradeMark(answer)?.solution && <CellSource cell={answer} />}
      {given ? (
        <Points cell={cell} title={title} given={given} onChange={onChange} />
      ) : (
        cell.comment && <p className="nx-result-message nx-comment">{cell.comment}</p>
      )}
    </li>
  );
}

function Points({
  cell,
  title,
  given,
  onChange
}: Pick<CellProps, 'cell' | 'onChange'> & { title: string; given: Given }) {
  const { trans } = useNexus();
  return (
    <div className="nx-points">
      <label>
        {trans.__('Points, at most %1', points(cell.max_points))}
        <input
          className="nx-text"
          type="number"
          min={0}
          max={cell.max_points}
          step="any"
          aria-label={trans.__('Points for %1', title)}
          value={given.points}
          onChange={event => onChange({ ...given, points: event.target.value })}
        />
      </label>
      <label>
        {trans.__('Comment for the student')}
        <textarea
          className="nx-text"
          rows={2}
          maxLength={5000}
          aria-label={trans.__('Comment on %1', title)}
          value={given.comment}
          onChange={event => onChange({ ...given, comment: event.target.value })}
        />
      </label>
      {cell.status !== 'manual' && (
        <button type="button" className="nx-link" onClick={() => onChange(null)}>
          {trans.__('Leave as it is')}
        </button>
      )}
    </div>
  );
}

/** The cells that wait for a person are open from the start. */
function waiting(cells: GradedCell[]): AllGiven {
  const open = cells.filter(({ status }) => status === 'manual');
  return Object.fromEntries(open.map(({ grade_id }) => [grade_id, { points: '', comment: '' }]));
}

function without(all: AllGiven, id: string, value: Given | null): AllGiven {
  const { [id]: _, ...rest } = all;
  return value ? { ...rest, [id]: value } : rest;
}

/** What was filled in; a cell without points keeps its own. */
function toSend(given: AllGiven): Record<string, { points: number; comment: string | null }> {
  const filled = Object.entries(given).filter(([, { points: text }]) => text.trim() !== '');
  return Object.fromEntries(
    filled.map(([id, { points: text, comment }]) => [
      id,
      { points: Number(text), comment: comment.trim() || null }
    ])
  );
}
