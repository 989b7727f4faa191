/** What the server sent along with the document: the page need not ask for it. */

import type { Roadmap, RoadmapDetail, User } from '../api/contract';
import type { NexusModel } from '../model/model';

interface FirstData {
  me: User;
  roadmaps: { items: Roadmap[] };
  begun: RoadmapDetail[];
}

/** Put what was sent into the model; null: nothing was. */
export function takeFirst(model: Pick<NexusModel, 'me' | 'roadmaps' | 'roadmap'>, sent: string | null): void {
  if (sent === null) {
    return;
  }
  const { me, roadmaps, begun } = JSON.parse(sent) as FirstData;
  model.me.set(me);
  model.roadmaps.set(roadmaps.items);
  for (const roadmap of begun) {
    model.roadmap.get(roadmap.slug).set(roadmap);
  }
}
