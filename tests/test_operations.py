"""docs/operations.md and deploy/alerts.yaml speak of what there is."""

from __future__ import annotations

import re

import yaml
from prometheus_client import REGISTRY

from bot import metrics
from bot.health import SERVING
from handlers.notices import _TROUBLES
from tests.conftest import ROOT

PAGE = (ROOT / "docs/operations.md").read_text("utf-8")
RULES = yaml.safe_load((ROOT / "deploy/alerts.yaml").read_text("utf-8"))["groups"][0]["rules"]
PARTS = {*SERVING, "telegram", "zalo-bot", "zalo-oa", "content"}


def _known() -> set[str]:
    assert metrics.EVENTS
    families = [family for family in REGISTRY.collect() if family.name.startswith("caunoi")]
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
    return {
        family.name + ending for family in families for ending in endings.get(family.type, ("",))
    }


def test_every_metric_that_an_alert_names_exists() -> None:
    named = {name for rule in RULES for name in re.findall(r"caunoi_\w+", rule["expr"])}
    assert named
    assert named <= _known()


def test_every_alert_stands_on_the_page_with_what_to_do() -> None:
    alerts = {rule["alert"] for rule in RULES}
    assert set(re.findall(r"Caunoi[A-Z]\w+", PAGE)) == alerts
    assert all(rule["labels"]["severity"] in {"page", "ticket"} for rule in RULES)
    assert all(rule["annotations"]["summary"] for rule in RULES)


def test_every_part_of_health_has_its_section_and_its_words() -> None:
    assert set(re.findall(r"^### (.+)$", PAGE, re.MULTILINE)) == PARTS
    assert set(_TROUBLES) == {*SERVING, "content"}


def test_the_metrics_hold_no_label_for_people() -> None:
    labels = {
        label
        for family in REGISTRY.collect()
        if family.name.startswith("caunoi")
        for sample in family.samples
        for label in sample.labels
    }
    assert labels <= {"channel", "outcome", "state", "kind", "le", "queue", "place", "part", "job"}
