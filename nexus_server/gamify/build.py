"""Build everything around XP, streaks, badges and leaderboards."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nexus_server.clock import Clock
from nexus_server.events.bus import EventPublisher
from nexus_server.gamify.announcer import Announcer
from nexus_server.gamify.boards import BoardService
from nexus_server.gamify.corrections import LoweredGradePolicy
from nexus_server.gamify.leagues import Leagues
from nexus_server.gamify.own_activity import OwnActivity
from nexus_server.gamify.recorder import Recorder, StreakRules
from nexus_server.gamify.redis_leaderboard import RedisLeaderboard
from nexus_server.gamify.service import GamifyService
from nexus_server.gamify.settings import GamifySettings
from nexus_server.gamify.sql_leaderboard import SqlLeaderboard
from nexus_server.standing.streaks import StreakPolicy
from nexus_server.store.database import Database
from nexus_server.store.redis import RedisStore
from nexus_server.store.sorted_sets import SortedSets

if TYPE_CHECKING:
    from nexus_server.gamify.leaderboard import Leaderboard


@dataclass(frozen=True, slots=True)
class Gamify:
    """The joined parts."""

    recorder: Recorder
    announcer: Announcer
    service: GamifyService
    boards: BoardService
    own_activity: OwnActivity
    rules: StreakRules


def open_gamify(
    settings: GamifySettings, database: Database, clock: Clock, *, bus: EventPublisher, redis: RedisStore | None
) -> Gamify:
    """Join the parts; scores are kept in Redis where the site has one."""
    sql = SqlLeaderboard(database)
    leaderboard: Leaderboard = RedisLeaderboard(SortedSets(redis), sql) if redis else sql
    leagues = Leagues(database)
    announcer = Announcer(database, leaderboard, leagues, bus, clock)
    rules = StreakRules(StreakPolicy(settings.streak_policy), settings.streak_freezes, settings.free_weekends)
    return Gamify(
        recorder=Recorder(database, announcer, rules, lowered_grades=LoweredGradePolicy(settings.lowered_grades)),
        announcer=announcer,
        service=GamifyService(database),
        boards=BoardService(database, leaderboard, leagues, clock),
        own_activity=OwnActivity(database, clock),
        rules=rules,
    )
