"""The orgs of the example fleet that the demo's story is about, and where each ends."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from local.demo.operator import ROOT

FLEET: Final = ROOT / "examples" / "fleet.csv"
ASTER: Final = "00Dda00000w6ktuEAA"
BIRCH: Final = "00D5b00000UbQZhEAN"
ELM: Final = "00D5a000003C4LCEA0"
HAZEL: Final = "00D5a00000surMyEAI"
LARCH: Final = "00D5j00000txmdIEAQ"
QUINCE: Final = "00D5f000003QuMeEAK"

ENDS_AS: Final[Mapping[str, str]] = MappingProxyType(
    {
        ASTER: "migrated",
        LARCH: "migrated_keys_kept",
        ELM: "fallback_jwt",
        BIRCH: "disconnected",
        QUINCE: "blocked",
    }
)
"""Status of each at the end of the story."""
