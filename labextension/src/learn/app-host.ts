/** The application around the components: its router, its dialogs, and the notebook that may be open. */

import type { NodeType } from '../api/contract';
import { labUrl } from '../api/routes';
import type { Host, Place } from '../host';
import type { NexusModel } from '../model/model';
import type { Route } from './address';
import type { Foreground } from './foreground';
import type { LabStarts } from './lab-starts';
import { loadLabPageAhead } from './pages';
import type { Router } from './router';

export interface AppHostParts {
  model: NexusModel;
  router: Router;
  foreground: Foreground;
  starts: LabStarts;
  theme: Host['theme'];
  signOut: () => Promise<void>;
}

export function appHost(parts: AppHostParts): Host {
  const { foreground, router, theme, signOut } = parts;
  return {
    prepare: type => {
      if (type === 'lab') {
        loadLabPageAhead();
      }
    },
    open: place => router.goWhenFound(routeTo(place, parts)),
    tell: foreground.tell,
    confirm: async question => (await foreground.ask(question, false)) !== null,
    ask: question => foreground.ask(question, true),
    signOut,
    theme,
    other: { name: 'JupyterLab', address: labUrl(router.baseUrl) }
  };
}

async function routeTo(place: Place, parts: AppHostParts): Promise<Route> {
  switch (place.page) {
    case 'roadmap':
      return place.slug === null ? { page: 'home' } : { page: 'roadmap', slug: place.slug };
    case 'node':
      return nodeRoute(place.id, parts);
    default:
      return place;
  }
}

/** A node's address; a lab's kernel is asked for before its page is there. */
async function nodeRoute(id: string, { model, router, starts }: AppHostParts): Promise<Route> {
  const known = findKnown(model, id) ?? (await fetched(model, id));
  const route: Route = { page: 'node', roadmap: known.roadmap, node: known.slug };
  if (known.type === 'lab' && !router.isAt(route)) {
    starts.begin(id);
  }
  return route;
}

interface KnownNode {
  type: NodeType;
  roadmap: string;
  slug: string;
}

/** What a roadmap that is loaded already says of a node. */
function findKnown(model: NexusModel, id: string): KnownNode | null {
  for (const roadmap of model.roadmap.loaded()) {
    const node = roadmap.nodes.find(one => one.id === id);
    if (node) {
      return { type: node.type, roadmap: roadmap.slug, slug: node.slug };
    }
  }
  return null;
}

async function fetched(model: NexusModel, id: string): Promise<KnownNode> {
  const resource = model.node.get(id);
  await resource.ensure();
  if (!resource.data) {
    throw resource.snapshot().error;
  }
  const { type, roadmap_slug: roadmap, slug } = resource.data;
  return { type, roadmap, slug };
}
