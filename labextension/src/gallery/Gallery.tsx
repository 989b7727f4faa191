import { NexusProvider } from '../components/context';
import { ErrorBoundary } from '../components/ErrorBoundary';
import { stage } from './stage';
import { type Story, stories } from './stories';

/** One story by itself, or the list of all. */
export function Gallery({ name }: { name: string | null }) {
  const nexus = stage();
  const story = name === null ? undefined : stories[name];
  return (
    <NexusProvider value={nexus}>
      <div className="nx-root nx-learn nx-gallery" data-page={story?.isPage === true}>
        <ErrorBoundary trans={nexus.trans}>
          {story ? <Shown story={story} /> : <List unknown={name} />}
        </ErrorBoundary>
      </div>
    </NexusProvider>
  );
}

function Shown({ story }: { story: Story }) {
  return (
    <main>
      {!story.isPage && <h1>{story.title}</h1>}
      {story.show()}
    </main>
  );
}

function List({ unknown }: { unknown: string | null }) {
  return (
    <main>
      <h1>Gallery</h1>
      {unknown !== null && <p>There is no story {unknown}.</p>}
      <ul className="nx-list">
        {Object.entries(stories).map(([name, { title }]) => (
          <li key={name}>
            <a href={`?story=${name}`}>{title}</a> <a href={`?story=${name}&theme=dark`}>dark</a>
          </li>
        ))}
      </ul>
    </main>
  );
}
