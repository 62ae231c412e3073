from __future__ import annotations

import pytest

from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.domain.verification import ConnectionProbe
from zoom_migrator.probe_settings import ConnectionProbeSettings

OBJECT = "zoom_app__Zoom__c"
FIELD = "zoom_app__Login_Type__c"


def settings(**values: str) -> ConnectionProbeSettings:
    environ = {f"CONNECTION_PROBE_{name.upper()}": value for name, value in values.items()}
    return ConnectionProbeSettings.from_environ(environ)


@pytest.mark.parametrize("values", [{}, {"object": "", "field": "", "value": ""}, {"value": "x"}])
def test_without_a_probe_nobody_looks(values: dict[str, str]) -> None:
    assert settings(**values).connection_probe() is None


@pytest.mark.parametrize("value", ["", "OAuth", "it's"])
def test_a_probe_says_where_and_for_what(value: str) -> None:
    probe = settings(object=OBJECT, field=FIELD, value=value).connection_probe()

    assert probe == ConnectionProbe(OBJECT, FIELD, value)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("OBJECT", {"object": "x y", "field": FIELD}),
        ("OBJECT", {"object": "x' OR Name != '", "field": FIELD}),
        ("OBJECT", {"object": "x" * 81, "field": FIELD}),
        ("OBJECT", {"object": f"{OBJECT}\n", "field": FIELD}),
        ("FIELD", {"object": OBJECT, "field": "Owner.Name"}),
        ("FIELD", {"object": OBJECT, "field": "na\u00efve__c"}),
        ("FIELD", {"object": OBJECT}),
        ("FIELD", {"object": OBJECT, "field": ""}),
        ("FIELD", {"field": FIELD}),
        ("VALUE", {"object": OBJECT, "field": FIELD, "value": "x" * 256}),
    ],
)
def test_a_malformed_probe_is_refused_by_its_name_alone(name: str, values: dict[str, str]) -> None:
    with pytest.raises(InvalidSettings) as refused:
        settings(**values)

    assert f"CONNECTION_PROBE_{name}: " in str(refused.value)
    assert "OR Name" not in str(refused.value)
