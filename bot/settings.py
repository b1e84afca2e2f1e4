"""What the operator can set: one field for each line of .env.example, in the same order."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_QUIET = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
_SECRET_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,256}")


class SettingsError(Exception):
    """The settings cannot be used; each fault stands in `faults`, one line each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Settings(BaseSettings):
    """Settings of one process, read from the environment and then from `.env`."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True
    )

    database_url: str = "sqlite:///var/caunoi.db"
    content_dir: Path = Path("content")
    locales_dir: Path = Path("locales")
    var_dir: Path = Path("var")
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = "http://127.0.0.1:8080"
    timezone: str = "Asia/Ho_Chi_Minh"
    secret_key: SecretStr = SecretStr("")
    metrics_token: SecretStr = SecretStr("")
    web_per_minute: int = Field(default=60, ge=1)
    web_new_visitors_per_minute: int = Field(default=600, ge=1)
    telegram_bot_token: SecretStr = SecretStr("")
    telegram_api_base: str = "https://api.telegram.org"
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_per_second: float = Field(default=25, gt=0)
    zalo_bot_token: SecretStr = SecretStr("")
    zalo_bot_api_base: str = "https://bot-api.zaloplatforms.com"
    zalo_bot_webhook_secret: SecretStr = SecretStr("")
    zalo_oa_app_id: str = ""
    zalo_oa_secret_key: SecretStr = SecretStr("")
    zalo_app_secret_key: SecretStr = SecretStr("")
    zalo_oa_refresh_token: SecretStr = SecretStr("")
    zalo_oa_api_base: str = "https://openapi.zalo.me"
    zalo_oauth_base: str = "https://oauth.zaloapp.com"
    zalo_oa_paid: bool = False
    zalo_oa_price: int = Field(default=55, ge=0)
    zalo_oa_monthly_budget: int = Field(default=0, ge=0)
    zalo_oa_buttons: bool = True
    zalo_oa_lists: bool = False
    zalo_oa_per_minute: float = Field(default=4000, gt=0)
    broadcasts_per_day: int = Field(default=2, ge=1)
    broadcast_error_share: float = Field(default=0.2, gt=0, le=1)
    ocr: Literal["off", "tesseract"] = "off"
    desk_days_high: int = Field(default=2, ge=1)
    desk_days_medium: int = Field(default=5, ge=1)
    desk_days_low: int = Field(default=15, ge=1)
    quiet_hours: str = "21:30-06:30"
    log_level: str = "INFO"
    log_format: Literal["text", "json"] = "text"

    @field_validator("database_url")
    @classmethod
    def _is_a_known_database(cls, value: str) -> str:
        if value.startswith(("sqlite:///", "postgresql://")):
            return value
        raise ValueError("must begin with sqlite:/// or postgresql://")

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"there is no time zone {value!r}") from error
        return value

    @field_validator("quiet_hours")
    @classmethod
    def _are_two_times(cls, value: str) -> str:
        if _QUIET.fullmatch(value):
            return value
        raise ValueError("must look like 21:30-06:30")

    @field_validator("ocr")
    @classmethod
    def _can_be_read(cls, value: str) -> str:
        if value == "off" or find_spec("tesserocr") is not None:
            return value
        raise ValueError('needs an extra: pip install "caunoi[ocr]"')

    @field_validator("log_level")
    @classmethod
    def _level_exists(cls, value: str) -> str:
        if value.upper() in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            return value.upper()
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")

    @field_validator(
        "public_url",
        "telegram_api_base",
        "zalo_bot_api_base",
        "zalo_oa_api_base",
        "zalo_oauth_base",
    )
    @classmethod
    def _is_an_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme in {"http", "https"} and parts.netloc and parts.path in {"", "/"}:
            return value.rstrip("/")
        raise ValueError("must be an origin such as https://example.org, without a path")

    @model_validator(mode="after")
    def _webhook_secret_is_one_telegram_takes(self) -> Self:
        secret = self.telegram_webhook_secret.get_secret_value()
        if secret and not _SECRET_TOKEN.fullmatch(secret):
            raise ValueError("TELEGRAM_WEBHOOK_SECRET: 1 to 256 characters of A-Z a-z 0-9 _ -")
        return self

    @model_validator(mode="after")
    def _zalo_bot_webhook_secret_is_one_zalo_takes(self) -> Self:
        secret = self.zalo_bot_webhook_secret.get_secret_value()
        if secret and not 8 <= len(secret) <= 256:
            raise ValueError("ZALO_BOT_WEBHOOK_SECRET: 8 to 256 characters")
        return self

    @model_validator(mode="after")
    def _official_account_is_whole(self) -> Self:
        """The two secrets of an Official Account are often taken for one another or left out."""
        needed = {
            "ZALO_OA_APP_ID": self.zalo_oa_app_id,
            "ZALO_OA_SECRET_KEY": self.zalo_oa_secret_key.get_secret_value(),
            "ZALO_APP_SECRET_KEY": self.zalo_app_secret_key.get_secret_value(),
        }
        missing = [name for name, value in needed.items() if not value]
        if missing and len(missing) < len(needed):
            raise ValueError(f"{', '.join(missing)}: an Official Account needs this too")
        return self

    @property
    def library_file(self) -> Path:
        """Where the checked content is kept, to be read quickly."""
        return self.var_dir / "library.json"

    @property
    def search_file(self) -> Path:
        """Where the index of all words is kept: to make it takes most of a second."""
        return self.var_dir / "search.db"

    @property
    def catalogues_dir(self) -> Path:
        """Where the checked catalogues are kept, to be read quickly."""
        return self.var_dir / "catalogues"


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Settings from the environment and `env_file`. Raises SettingsError with all faults."""
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        raise SettingsError(tuple(_fault(detail) for detail in error.errors())) from None


def _fault(detail: object) -> str:
    assert isinstance(detail, dict)
    name = "_".join(str(part) for part in detail["loc"]).upper()
    message = str(detail["msg"]).removeprefix("Value error, ")
    return f"{name}: {message}" if name else message
