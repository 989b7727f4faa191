import type { GradedCell, Question, QuestionResult } from '../api/contract';
import { CheckList } from '../lab/CheckList';
import type { CheckResult, CheckStatus } from '../lab/checks';
import { CellRow } from '../lab/SubmissionView';
import { QuestionView } from '../roadmap/QuestionView';

function check(index: number, title: string, status: CheckStatus, message = ''): CheckResult {
  return { index, grade_id: `test-${index}`, title, points: 2, status, message };
}

const CELL: Omit<GradedCell, 'grade_id' | 'points' | 'status' | 'message'> = {
  max_points: 2,
  trust: 'sealed',
  comment: null,
  rubric: []
};

const CHECKS = [
  check(1, 'Task 1: the price with tax', 'passed'),
  check(2, 'Task 2: a discount', 'failed', 'discount(100, 10) should be 90.0, and is 10.0'),
  check(3, 'Task 3: what you would change', 'manual')
];

/** What a learner sees while *Check* runs. */
export function Checking() {
  return <CheckList checking={{ done: 2, total: 5 }} checks={null} />;
}

/** What a learner sees after *Check* and after *Submit*. */
export function Checks() {
  return (
    <div className="nx-list">
      <CheckList checking={null} checks={CHECKS} />
      <ul className="nx-results">
        <CellRow
          title="Task 1: the price with tax"
          cell={{ ...CELL, grade_id: 'a', points: 2, status: 'passed', message: '' }}
        />
        <CellRow
          title="Task 2: a discount"
          cell={{
            ...CELL,
            grade_id: 'b',
            points: 1,
            status: 'partial',
            message: 'A discount of 0 is still missing.'
          }}
        />
      </ul>
    </div>
  );
}

const QUESTION: Question = {
  id: 'q1',
  type: 'single',
  prompt_html: '<p>What does this print?</p>',
  code: 'numbers = [3, 1, 2]\nprint(sorted(numbers)[0])',
  points: 1,
  choices: [
    { id: 'a', html: '<p>3</p>' },
    { id: 'b', html: '<p>1</p>' },
    { id: 'c', html: '<p>An error</p>' }
  ]
};

const RESULT: QuestionResult = {
  id: 'q1',
  correct: false,
  points: 0,
  max_points: 1,
  explanation_html: null,
  key_html: [],
  why_html: ['<p><code>sorted</code> gives a new list, and leaves the old one as it is.</p>'],
  section: null
};

export function Questions() {
  return (
    <ol className="nx-questions">
      <QuestionView question={QUESTION} answer={undefined} result={null} onChange={() => undefined} />
      <QuestionView
        question={{ ...QUESTION, id: 'q2' }}
        answer="a"
        result={RESULT}
        onChange={() => undefined}
      />
    </ol>
  );
}
