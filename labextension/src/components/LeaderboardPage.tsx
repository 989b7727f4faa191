import { useState } from 'react';
import type { Board, BoardEntry, BoardName } from '../api/contract';
import { count, initials } from '../format';
import { useNexus } from './context';
import { Loaded } from './Loaded';
import { Tabs } from './Tabs';

/** Weekly and all-time boards: the top, and the places around me. */
export function LeaderboardPage() {
  const { model, trans } = useNexus();
  const [name, setName] = useState<BoardName>('weekly_xp');
  const tabs: [BoardName, string][] = [
    ['weekly_xp', trans.__('This week')],
    ['all_time_xp', trans.__('All time')]
  ];
  return (
    <div className="nx-page-body">
      <div className="nx-section-head">
        <h1>{trans.__('Leaderboard')}</h1>
        <Tabs label={trans.__('Leaderboard')} tabs={tabs} current={name} onChange={setName} />
      </div>
      <div role="tabpanel" aria-live="polite">
        <Loaded
          resource={model.board.get(name)}
          lines={6}
          empty={{
            when: board => board.items.length === 0,
            text: trans.__('Nobody is here yet. The first XP takes the first place.')
          }}
        >
          {board => <BoardTable board={board} name={name} />}
        </Loaded>
      </div>
    </div>
  );
}

function BoardTable({ board, name }: { board: Board; name: BoardName }) {
  const { model, trans } = useNexus();
  const below = board.me !== null && !board.items.some(({ me }) => me);
  return (
    <>
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
      <p className="nx-muted nx-board-foot">{trans._n('%1 learner', '%1 learners', board.total)}</p>
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
