"""The form on which the products are picked that are to be integrated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from zoom_migrator.domain.org import ZoomProduct

LABELS: Final = {
    ZoomProduct.MEETINGS: "Zoom Meetings",
    ZoomProduct.PHONE: "Zoom Phone",
    ZoomProduct.WEBINAR: "Zoom Webinar",
}
_CHOSEN: Final = "chosen"


@dataclass(frozen=True, slots=True)
class AuthorizeForm:
    """What somebody picked.

    Attributes:
        token: The form's own token.
    """

    products: tuple[ZoomProduct, ...] = ()
    token: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> Self:
        """Read the fields of the form; unknown ones are ignored."""
        picked = (each for each in ZoomProduct if fields.get(each) == _CHOSEN)
        return cls(tuple(picked), fields.get("token", ""))

    def problems(self) -> Mapping[str, str]:
        """What is wrong, by field; nothing if an authorization can begin with it."""
        if self.products:
            return {}
        return {"products": "Pick at least one Zoom product."}


def labels_of(names: Iterable[str]) -> tuple[str, ...]:
    """What people call these products; scopes and the like stay as they are."""
    known = {str(product): label for product, label in LABELS.items()}
    return tuple(known.get(name, name) for name in names)
