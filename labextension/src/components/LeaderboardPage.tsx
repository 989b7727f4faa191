import { useState } from 'react';
import type { Board, BoardEntry, JoinedCohort } from '../api/contract';
import { count, initials } from '../format';
import type { BoardKey } from '../model/boards';
import { useNexus } from './context';
import { useResource } from './hooks';
import { Loaded } from './Loaded';
import { Tabs } from './Tabs';

/** Boards of the site, of my league and of my classes: the top, and the places around me. */
export function LeaderboardPage() {
  const { model, trans } = useNexus();
  const { data: me } = useResource(model.me);
  const { data: classes } = useResource(model.classes);
  const [key, setKey] = useState<BoardKey>('weekly_xp');
  if (me?.shows_boards === false) {
    return (
      <div className="nx-page-body">
        <h1>{trans.__('Leaderboard')}</h1>
        <p>{trans.__('Your class does without leaderboards.')}</p>
      </div>
    );
  }
  const tabs: [BoardKey, string][] = [
    ['weekly_xp', trans.__('This week')],
    ['league', trans.__('My league')],
    ['last_week', trans.__('Last week')],
    ['all_time_xp', trans.__('All time')]
  ];
  return (
    <div className="nx-page-body">
      <h1>{trans.__('Leaderboard')}</h1>
      <div className="nx-board-head">
        <Tabs label={trans.__('Leaderboard')} tabs={tabs} current={key} onChange={setKey} />
        <ClassChoice classes={classes ?? []} current={key} onChange={setKey} />
      </div>
      <div role="tabpanel" aria-live="polite">
        <Loaded
          resource={model.board.get(key)}
          lines={6}
          empty={{
            when: board => board.items.length === 0,
            text:
              key === 'league'
                ? trans.__('Your first XP of the week take you into a league of about thirty.')
                : trans.__('Nobody is here yet. The first XP takes the first place.')
          }}
        >
          {board => <BoardTable board={board} name={key} />}
        </Loaded>
      </div>
    </div>
  );
}

interface Choice {
  classes: JoinedCohort[];
  current: BoardKey;
  onChange: (key: BoardKey) => void;
}

/** The boards of my classes, this week's. */
function ClassChoice({ classes, current, onChange }: Choice) {
  const { trans } = useNexus();
  const shown = classes.filter(one => one.shows_boards && one.shows_xp);
  if (shown.length === 0) {
    return null;
  }
  return (
    <label>
      {trans.__('Class')}{' '}
      <select
        value={current.startsWith('class/') ? current : ''}
        onChange={event => onChange((event.target.value || 'weekly_xp') as BoardKey)}
      >
        <option value="">{trans.__('everybody')}</option>
        {shown.map(({ id, name }) => (
          <option key={id} value={`class/${id}`}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function BoardTable({ board, name }: { board: Board; name: BoardKey }) {
  const { model, trans } = useNexus();
  const below = board.me !== null && !board.items.some(({ me }) => me);
  return (
    <>
      {board.name && <h2>{board.name}</h2>}
      <BoardRows items={board.items} />
      {below && (
        <>
          <p className="nx-gap" aria-hidden="true">
            ···
          </p>
          <Loaded resource={model.boardAroundMe.get(name)}>
            {around => <BoardRows items={around.items.filter(({ rank }) => rank > board.items.length)} />}
          </Loaded>
        </>
      )}
      <p className="nx-muted nx-board-foot">
        {board.percentile !== null &&
          `${trans.__('You have at least as much as %1% here.', board.percentile)} `}
        {trans._n('%1 learner', '%1 learners', board.total)}
      </p>
    </>
  );
}

export function BoardRows({ items }: { items: BoardEntry[] }) {
  const { trans } = useNexus();
  return (
    <ol className="nx-board">
      {items.map(entry => (
        <li key={entry.user_id} className="nx-board-row" data-me={entry.me} data-rank={entry.rank}>
          <span className="nx-board-rank">{entry.rank}</span>
          <span className="nx-avatar" aria-hidden="true">
            {initials(entry.display_name)}
          </span>
          <span className="nx-board-name">
            {entry.display_name}
            {entry.me && <span className="nx-tag nx-you">{trans.__('You')}</span>}
          </span>
          <span className="nx-board-xp">{trans.__('%1 XP', count(entry.xp))}</span>
        </li>
      ))}
    </ol>
  );
}
