import { type RefObject, Suspense, useCallback, useEffect } from 'react';
import type { NodeSummary } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useResource } from '../components/hooks';
import { Problem, Skeleton } from '../components/Loaded';
import { RoadmapView } from '../roadmap/RoadmapView';
import type { Route } from './address';
import { type LabStarts, NOTHING_ASKED, type StartedLab } from './lab-starts';
import { useMedia } from './media';
import * as pages from './pages';
import type { Router } from './router';

interface Props {
  route: Route;
  router: Router;
  starts: LabStarts;
  main: RefObject<HTMLElement>;
}

/** The page that an address names. */
export function RouteView(props: Props) {
  return (
    <Suspense fallback={<Waiting />}>
      <Page {...props} />
    </Suspense>
  );
}

function Waiting() {
  return (
    <div className="nx-page-body">
      <Skeleton lines={6} />
    </div>
  );
}

function Page({ route, router, starts, main }: Props) {
  const { trans } = useNexus();
  switch (route.page) {
    case 'home':
      return <pages.HomePage />;
    case 'leaderboard':
      return <pages.LeaderboardPage />;
    case 'badges':
      return <pages.BadgesPage />;
    case 'forum':
      return <pages.ForumPage />;
    case 'playground':
      return <pages.PlaygroundPage />;
    case 'profile':
      return <pages.ProfilePage />;
    case 'progress':
      return <pages.ProgressPage />;
    case 'practice':
      return <pages.PracticePage />;
    case 'search':
      return <pages.SearchPage />;
    case 'teaching':
      return <pages.TeachingPage />;
    case 'administration':
      return <pages.AdministrationPage />;
    case 'tutor':
      return (
        <div className="nx-learn-chat">
          <pages.ChatPanel isPage />
        </div>
      );
    case 'roadmap':
      return <RoadmapPage slug={route.slug} router={router} />;
    case 'node':
      return <NodeOfRoadmap roadmap={route.roadmap} slug={route.node} {...{ router, starts, main }} />;
    case 'notebook':
      return <OtherNotebook key={route.path} path={route.path} />;
    case 'unknown':
      return (
        <div className="nx-page-body">
          <h1>{trans.__('There is no page here')}</h1>
          <p>{trans.__('The address may be mistyped, or what was here has moved.')}</p>
          <p>
            <button type="button" className="nx-button" onClick={() => router.go({ page: 'home' })}>
              {trans.__('Go to the start page')}
            </button>
          </p>
        </div>
      );
  }
}

/** below that the list is all there is */
const ROOM_FOR_MAP = '(min-width: 1000px)';

function RoadmapPage({ slug, router }: { slug: string; router: Router }) {
  const { model, trans } = useNexus();
  const isMissing = useResource(model.roadmap.get(slug)).status === 'failed';
  const hasMap = useMedia(ROOM_FOR_MAP) && !isMissing;
  useEffect(() => {
    document.title = `${slug} · NexusAI`;
  }, [slug]);
  return (
    <div className="nx-page-body nx-roadmap-page" data-map={hasMap}>
      {isMissing && <h1>{trans.__('Roadmap')}</h1>}
      <RoadmapView slug={slug} isPage onBack={() => router.go({ page: 'home' })} />
      {hasMap && (
        <Suspense fallback={null}>
          <pages.RoadmapMap key={slug} slug={slug} />
        </Suspense>
      )}
    </div>
  );
}

interface NodeProps {
  roadmap: string;
  slug: string;
  router: Router;
  starts: LabStarts;
  main: RefObject<HTMLElement>;
}

/** A step of a roadmap; on a wide screen the roadmap stands beside it. */
function NodeOfRoadmap({ roadmap, slug, router, starts, main }: NodeProps) {
  const { model, trans } = useNexus();
  const resource = model.roadmap.get(roadmap);
  const state = useResource(resource);
  const node = state.data?.nodes.find(one => one.slug === slug);
  useEffect(() => {
    if (node) {
      model.focus.set({ nodeId: node.id, title: node.title });
      document.title = `${node.title} · NexusAI`;
    }
  }, [model, node]);
  if (state.data && !node) {
    return <Problem error={new Error(trans.__('There is no such step in this roadmap.'))} />;
  }
  if (!node) {
    return state.status === 'failed' ? (
      <Problem error={state.error} retry={() => void resource.reload()} />
    ) : (
      <Waiting />
    );
  }
  return (
    <div className="nx-learn-step" data-type={node.type}>
      {node.type !== 'lab' && (
        <aside className="nx-learn-path" aria-label={trans.__('Steps of this roadmap')}>
          <RoadmapView slug={roadmap} onBack={() => router.go({ page: 'home' })} />
        </aside>
      )}
      {node.type === 'lab' ? (
        <Lab key={node.id} node={node} starts={starts} />
      ) : (
        <Reading key={node.id} node={node} main={main} />
      )}
    </div>
  );
}

function Lab({ node, starts }: { node: NodeSummary; starts: LabStarts }) {
  const start = useCallback(() => starts.take(node.id), [starts, node.id]);
  return <pages.LabPage start={start} nodeId={node.id} />;
}

/** A note or a video; to look at it is to begin it. */
function Reading({ node, main }: { node: NodeSummary; main: RefObject<HTMLElement> }) {
  const { model } = useNexus();
  useEffect(pages.loadLabPageAhead, []); // what is read is tried out next
  useEffect(() => {
    if (node.status === 'available') {
      model.api.post(routes.openNode(node.id)).then(
        () => model.reloadProgress(),
        () => undefined // the page itself tells what is wrong
      );
    }
  }, [model, node.id, node.status]);
  return <pages.NodePage id={node.id} scroller={main} />;
}

/** A notebook that is no step, such as a former version of a lab; it names its kernel itself. */
function OtherNotebook({ path }: { path: string }) {
  const start = useCallback(
    async (): Promise<StartedLab> => ({ path, kernelName: null, ...NOTHING_ASKED }),
    [path]
  );
  return <pages.LabPage start={start} nodeId={null} />;
}
