"""Content codings that clients accept."""

import re
from functools import lru_cache

QUALITY = re.compile(r"q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*", re.IGNORECASE)


@lru_cache(maxsize=256)
def preferred_encoding(accepted: str, offered: tuple[str, ...]) -> str:
    """Return the coding that an Accept-Encoding prefers (RFC 9110, section 12.5.3), or "" for plain bytes.

    Between equals the first one of `offered` wins. Clients that refuse every coding get plain bytes: better than an
    error.
    """
    qualities = {}
    for part in accepted.split(","):
        name, _, parameter = part.partition(";")
        quality = QUALITY.fullmatch(parameter.strip())
        qualities[name.strip().lower()] = float(quality[1]) if quality else 1.0
    others = qualities.get("*", 0.0)
    best = max(offered, key=lambda name: qualities.get(name, others))
    quality = qualities.get(best, others)
    return best if quality and quality >= qualities.get("identity", 0.0) else ""
