"""The embedded PostgreSQL: made once, started, watched and stopped by `regulars up` alone.

The binaries come from a wheel; everything about running them is here.
"""

from regulars.kit.postgres.layout import Layout, default_home
from regulars.kit.postgres.passwords import Role
from regulars.kit.postgres.server import Server, Started

__all__ = ["Layout", "Role", "Server", "Started", "default_home"]
