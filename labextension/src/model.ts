/** What the client knows of the learner's world, kept fresh by the event socket. */

import { type ISignal, Signal } from '@lumino/signaling';
import type { Roadmap, RoadmapDetail, User } from './api';
import { EventStream, type EventStreamOptions, type NexusEvent } from './events';
import type { NexusHandler } from './handler';
import { Resource, ResourceMap } from './resource';

export class NexusModel {
  readonly me: Resource<User>;
  readonly roadmaps: Resource<Roadmap[]>;
  readonly roadmap: ResourceMap<RoadmapDetail>;
  readonly stream: EventStream;
  private readonly _event = new Signal<this, NexusEvent>(this);

  constructor(
    readonly api: NexusHandler,
    connect: EventStreamOptions['connect'] = () => new WebSocket(api.eventsUrl)
  ) {
    this.me = new Resource(() => api.get<User>('/me'));
    this.roadmaps = new Resource(() => api.get<{ items: Roadmap[] }>('/roadmaps').then(page => page.items));
    this.roadmap = new ResourceMap(slug => api.get<RoadmapDetail>(`/roadmaps/${encodeURIComponent(slug)}`));
    this.stream = new EventStream({
      connect,
      onEvent: event => this._receive(event),
      onConnected: again => void (again && this.reloadAll())
    });
  }

  /** Every event of the socket, after the model took it in. */
  get event(): ISignal<this, NexusEvent> {
    return this._event;
  }

  start(): void {
    void this.me.ensure();
    void this.roadmaps.ensure();
    this.stream.open();
  }

  /** Something was achieved: statuses, scores and unlocks may all have changed. */
  async reloadProgress(): Promise<void> {
    await Promise.all([this.roadmaps.reloadIfUsed(), this.roadmap.reloadUsed()]);
  }

  async reloadAll(): Promise<void> {
    await Promise.all([this.me.reloadIfUsed(), this.reloadProgress()]);
  }

  private _receive(event: NexusEvent): void {
    switch (event.type) {
      case 'xp.awarded':
      case 'rank.up':
      case 'streak.changed':
        void this.me.reloadIfUsed();
        break;
      default:
        break;
    }
    this._event.emit(event);
  }
}
