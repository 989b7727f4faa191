import { ApiError } from '../api/errors';
import { Diff } from '../components/Diff';
import { InlineProblem } from '../components/InlineProblem';
import { Problem, Skeleton } from '../components/Loaded';
import { Meter } from '../components/Meter';
import { Tabs } from '../components/Tabs';
import { sendIcon, thumbUpIcon } from '../icons';
import { DifficultyTag } from '../roadmap/DifficultyTag';

export function Buttons() {
  return (
    <div className="nx-list">
      <p className="nx-gallery-row">
        <button type="button" className="nx-button" data-primary="true">
          <sendIcon.react tag="span" /> Submit
        </button>
        <button type="button" className="nx-button">
          Check
        </button>
        <button type="button" className="nx-button" disabled>
          Not now
        </button>
        <button type="button" className="nx-icon-button" aria-label="Yes, it helped">
          <thumbUpIcon.react tag="span" />
        </button>
        <button type="button" className="nx-link">
          Read the section again
        </button>
      </p>
      <p className="nx-gallery-row">
        <DifficultyTag difficulty="beginner" />
        <DifficultyTag difficulty="intermediate" />
        <DifficultyTag difficulty="advanced" />
        <span className="nx-tag nx-you">You</span>
      </p>
      <Tabs
        label="Board"
        tabs={[
          ['week', 'This week'],
          ['all', 'All time'],
          ['class', 'My class']
        ]}
        current="week"
        onChange={() => undefined}
      />
    </div>
  );
}

export function Fields() {
  return (
    <form className="nx-list" onSubmit={event => event.preventDefault()}>
      <label>
        Name in the leaderboard
        <input className="nx-text" defaultValue="Ada" />
      </label>
      <label>
        Language
        <select className="nx-select" defaultValue="python">
          <option value="python">Python</option>
          <option value="javascript">JavaScript</option>
        </select>
      </label>
      <label>
        <input type="checkbox" defaultChecked /> Tell me when somebody answers
      </label>
      <InlineProblem as="p" text="Choose a name of 3 to 40 letters." />
    </form>
  );
}

const KINDS = ['info', 'problem'];

export function Messages() {
  return (
    <div className="nx-list">
      {KINDS.map(kind => (
        <div key={kind} className={`nx-note nx-note-${kind}`}>
          <p>What happened, and what to do now, in one sentence each.</p>
        </div>
      ))}
      <div className="nx-news-card" data-kind="success">
        <span>You earned the badge First Step.</span>
        <button type="button" className="nx-button">
          Show
        </button>
      </div>
      <Diff
        before={'total = 0\nfor n in numbers:\n    total = n'}
        after={'total = 0\nfor n in numbers:\n    total += n'}
        beforeName="Before"
        afterName="Now"
      />
    </div>
  );
}

export function Waiting() {
  return (
    <div className="nx-list">
      <Skeleton lines={3} />
      <Meter share={0.4} label="Completed" />
      <Meter share={1} label="Completed" />
      <p className="nx-empty">There are no roadmaps here yet.</p>
      <Problem
        error={
          new ApiError(503, 'unavailable', 'The server does not answer just now. Your work is kept.', {})
        }
        retry={() => undefined}
      />
    </div>
  );
}
