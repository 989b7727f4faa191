/** What the client knows of the learner's world, kept fresh by the event socket. */

import { type ISignal, Signal } from '@lumino/signaling';
import type {
  Activity,
  Advice,
  Badge,
  Board,
  BoardName,
  Concept,
  DueLab,
  JoinedCohort,
  NexusEvent,
  NodeDetail,
  Notice,
  Roadmap,
  RoadmapDetail,
  User
} from '../api/contract';
import type { NexusHandler } from '../api/handler';
import { routes } from '../api/routes';
import type { DraftQuestion } from '../forum/question';
import { LabBook } from '../lab/book';
import { askFor } from './boards';
import { Connection } from './connection';
import { EventStream, type EventStreamOptions } from './events';
import { Observable } from './observable';
import { Resource, ResourceMap } from './resource';

/** a class at work changes the boards all the time: look at most this often */
const BOARD_PAUSE_MS = 3_000;
/** what every tab of a class hears in the same moment, each asks about within this time */
const SPREAD_MS = 2_000;

export class NexusModel {
  readonly me: Resource<User>;
  readonly roadmaps: Resource<Roadmap[]>;
  readonly due: Resource<DueLab[]>;
  readonly roadmap: ResourceMap<RoadmapDetail>;
  readonly node: ResourceMap<NodeDetail>;
  readonly badges: Resource<Badge[]>;
  readonly notices: Resource<Notice[]>;
  /** my days, XP and weekly goal */
  readonly activity: Resource<Activity>;
  /** what is next for me, and why; null: everything is done */
  readonly next: Resource<Advice | null>;
  readonly concepts: Resource<Concept[]>;
  /** the classes that I belong to */
  readonly classes: Resource<JoinedCohort[]>;
  readonly board: ResourceMap<Board>;
  readonly boardAroundMe: ResourceMap<Board>;
  readonly stream: EventStream;
  /** the roadmap whose nodes the sidebar shows; null shows all roadmaps */
  readonly shownRoadmap = new Observable<{ slug: string | null }>({ slug: null });
  /** the node that the learner is looking at */
  readonly focus = new Observable<{ nodeId: string | null; title: string }>({ nodeId: null, title: '' });
  /** the forum thread that somebody wants to read */
  readonly shownThread = new Observable<{ id: string | null }>({ id: null });
  /** what somebody is about to ask in the forum */
  readonly question = new Observable<{ draft: DraftQuestion | null }>({ draft: null });
  readonly labs = new LabBook();
  private readonly _event = new Signal<this, NexusEvent>(this);
  private _boardTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    readonly api: NexusHandler,
    connect: EventStreamOptions['connect'] = after => new WebSocket(api.eventsUrl(after)),
    readonly connection = new Connection({ probe: async () => true }),
    private readonly _spread: (run: () => void) => void = run => setTimeout(run, Math.random() * SPREAD_MS)
  ) {
    this.me = new Resource(() => api.get(routes.me));
    this.roadmaps = new Resource(() => api.get(routes.roadmaps).then(({ items }) => items));
    this.due = new Resource(() => api.get(routes.due).then(({ items }) => items));
    this.badges = new Resource(() => api.get(routes.badges).then(({ items }) => items));
    this.notices = new Resource(() => api.get(routes.notices).then(({ items }) => items));
    this.roadmap = new ResourceMap(slug => api.get(routes.roadmap(slug)));
    this.node = new ResourceMap(id => api.get(routes.node(id)));
    this.activity = new Resource(() => api.get(routes.activity));
    this.next = new Resource(() => api.get(routes.next).then(({ next }) => next ?? null));
    this.concepts = new Resource(() => api.get(routes.concepts).then(({ items }) => items));
    this.classes = new Resource(() => api.get(routes.classes).then(({ items }) => items));
    this.board = new ResourceMap(key => this._board(key, { limit: 20 }));
    this.boardAroundMe = new ResourceMap(key => this._board(key, { around: 'me', span: 3 }));
    this.stream = new EventStream({
      connect,
      onEvent: event => this._receive(event),
      onConnected: () => connection.reached(),
      onMissed: () => this._spread(() => void this.reloadAll()),
      onDisconnected: () => void connection.doubt(),
      mayReconnect: () => api.refresh()
    });
    connection.subscribe(() => {
      if (connection.isUsable) {
        this.stream.retryNow();
      }
    });
  }

  /** Every event of the socket, after the model took it in. */
  get event(): ISignal<this, NexusEvent> {
    return this._event;
  }

  start(): void {
    void this.me.ensure();
    void this.roadmaps.ensure();
    void this.notices.ensure();
    this.stream.open();
  }

  /** Something was achieved: statuses, scores and unlocks may all have changed. */
  async reloadProgress(): Promise<void> {
    await Promise.all([
      this.me.refresh(),
      this.roadmaps.refresh(),
      this.due.refresh(),
      this.roadmap.refresh(),
      this.node.refresh(),
      this.activity.refresh(),
      this.next.refresh(),
      this.concepts.refresh()
    ]);
  }

  async reloadAll(): Promise<void> {
    await Promise.all([
      this.reloadProgress(),
      this.badges.refresh(),
      this.classes.refresh(),
      this.notices.refresh(),
      this.reloadBoards()
    ]);
  }

  async reloadBoards(): Promise<void> {
    await Promise.all([this.board.refresh(), this.boardAroundMe.refresh()]);
  }

  async markNoticesRead(): Promise<void> {
    await this.api.post(routes.noticesRead);
    const now = new Date().toISOString();
    this.notices.update(notices => notices.map(notice => ({ ...notice, read_at: notice.read_at ?? now })));
  }

  private _board(key: string, part: { limit?: number; around?: 'me'; span?: number }): Promise<Board> {
    const { board, query } = askFor(key);
    return this.api.get(routes.leaderboard(board), { ...query, ...part });
  }

  private _receive(event: NexusEvent): void {
    switch (event.type) {
      case 'xp.awarded':
        this.me.update(me => ({ ...me, xp: event.xp }));
        void this.reloadProgress();
        break;
      case 'rank.up':
        void this.me.refresh();
        break;
      case 'streak.changed':
        this.me.update(me => ({ ...me, streak_count: event.streak_count }));
        break;
      case 'badge.earned':
        void this.badges.refresh();
        void this.notices.refresh();
        break;
      case 'grading.progress':
        if (event.status === 'graded') {
          void this.reloadProgress();
          void this.notices.refresh();
        }
        break;
      case 'content.changed':
        this._spread(() => void this.reloadProgress());
        break;
      case 'leaderboard.changed':
        this._reloadBoardsSoon();
        break;
      case 'missed':
        // the tab read too slowly, and the server dropped what it had for it
        void this.reloadAll();
        break;
      default:
        break;
    }
    this._event.emit(event);
  }

  private _reloadBoardsSoon(): void {
    this._boardTimer ??= setTimeout(() => {
      this._boardTimer = null;
      void this.reloadBoards();
    }, BOARD_PAUSE_MS);
  }
}

export const BOARDS: readonly BoardName[] = ['weekly_xp', 'all_time_xp'];
