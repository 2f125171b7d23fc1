"""Others: relays that nobody here wrote, each in an environment made for it alone in .bench/."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sheets import FOLDER, say

NOSTR_RELAY = "nostr-relay==1.14"
SETTINGS = """
DEBUG: false
relay_name: bench
storage:
  sqlalchemy.url: sqlite+aiosqlite:///{folder}/events.sqlite3
  num_concurrent_adds: 2
  validators: [nostr_relay.validators.is_signed]
gunicorn: {{bind: "127.0.0.1:{port}", workers: 1, loglevel: info}}
message_timeout: 1800
"""


@dataclass(frozen=True, slots=True)
class Other:
    """Another relay."""

    program: Path

    def command(self, folder: Path, port: int) -> list[str]:
        """Give what starts it on an empty folder."""
        folder.mkdir()
        settings = folder / "settings.yaml"
        settings.write_text(SETTINGS.format(folder=folder, port=port))
        return [str(self.program), "-c", str(settings), "serve"]


def nostr_relay() -> Other:
    """Install it, once."""
    place = FOLDER / "nostr-relay"
    program = place / "bin" / "nostr-relay"
    if not program.exists():
        say(f"installing {NOSTR_RELAY}, once")
        FOLDER.mkdir(exist_ok=True)
        clean = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True, env=clean)
        pip = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", NOSTR_RELAY]
        subprocess.run(pip, check=True, env=clean)
    return Other(program)
