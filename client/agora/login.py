"""Remembers where the portal is and the token, in a file that only its owner reads."""

import json
import os
from pathlib import Path
from typing import NamedTuple

from agora.errors import NotSignedIn


class Login(NamedTuple):
    """Where, and as whom."""

    url: str
    token: str


def place() -> Path:
    """The file: `$XDG_CONFIG_HOME/agora/login.json`, by default below `~/.config`."""
    base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "agora" / "login.json"


def keep(login: Login) -> Path:
    """Writes it with mode 600 from the first byte on."""
    path = place()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(login._asdict(), file)
    os.replace(part, path)
    return path


def forget() -> bool:
    """Removes it; whether there was one. The token stays valid until it is revoked in the portal."""
    try:
        place().unlink()
    except FileNotFoundError:
        return False
    return True


def known(url: str | None = None, token: str | None = None) -> Login:
    """What is given, else `AGORA_URL` and `AGORA_TOKEN`, else what `agora login` kept."""
    url, token = url or os.environ.get("AGORA_URL"), token or os.environ.get("AGORA_TOKEN")
    if not (url and token):
        try:
            kept = json.loads(place().read_text())
            url, token = url or kept["url"], token or kept["token"]
        except (OSError, ValueError, KeyError, TypeError):
            raise NotSignedIn(
                "Not signed in. Run `agora login`, or set AGORA_URL and AGORA_TOKEN.", status=401
            ) from None
    return Login(str(url), str(token))
