"""Settings: .env.example says what the code reads; faults are told all at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, load_settings
from tests.conftest import ROOT


def _example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def test_the_example_lists_every_setting_in_the_order_of_the_code() -> None:
    assert list(_example()) == [name.upper() for name in Settings.model_fields]


def test_the_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _example():
        monkeypatch.delenv(name, raising=False)
    assert load_settings(ROOT / ".env.example") == load_settings(None)


def test_all_faults_are_told_at_once_by_the_names_that_people_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty = {
        "DATABASE_URL": "mysql://x",
        "TIMEZONE": "Asia/Saigoon",
        "QUIET_HOURS": "25:00-06:30",
        "HTTP_PORT": "99999",
        "PUBLIC_URL": "caunoi.example",
        "LOG_LEVEL": "LOUD",
    }
    file = tmp_path / "env"
    file.write_text("\n".join(f"{name}={value}" for name, value in faulty.items()))
    with pytest.raises(SettingsError) as caught:
        load_settings(file)
    assert {fault.partition(":")[0] for fault in caught.value.faults} == set(faulty)


def test_a_webhook_secret_that_telegram_would_refuse_is_refused_at_the_start(
    tmp_path: Path,
) -> None:
    file = tmp_path / "env"
    file.write_text("TELEGRAM_WEBHOOK_SECRET=has space\n")
    with pytest.raises(SettingsError, match="TELEGRAM_WEBHOOK_SECRET"):
        load_settings(file)


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    settings = Settings(_env_file=None, telegram_bot_token="123:very-secret", secret_key="hush")
    assert not re.search("very-secret|hush", f"{settings!r} {settings}")


@pytest.mark.parametrize("page", ["docs/zalo.md", "docs/operator.md", "README.md", "DESIGN.md"])
def test_the_pages_name_only_settings_that_there_are(page: str) -> None:
    named = re.findall(r"\b(?:ZALO|TELEGRAM)_[A-Z_]+\b", (ROOT / page).read_text("utf-8"))
    assert set(named) <= set(_example())


def test_an_official_account_with_a_missing_secret_is_told_by_name(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("ZALO_OA_APP_ID=1\nZALO_OA_SECRET_KEY=x\nZALO_BOT_WEBHOOK_SECRET=short\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(file)
    told = "\n".join(caught.value.faults)
    assert "ZALO_APP_SECRET_KEY" in told or "ZALO_BOT_WEBHOOK_SECRET" in told
