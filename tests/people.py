"""People who talk with the bot in tests, one on each channel, in the same words."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiohttp import ClientSession

from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_oa import FakeZaloOA


@dataclass(frozen=True)
class Heard:
    """All that came back after one thing said: the text, the buttons, the pictures."""

    text: str
    buttons: dict[str, str] = field(default_factory=dict)
    pictures: int = 0
    document: str = ""

    def __contains__(self, words: str) -> bool:
        return words in self.text


class Talker(Protocol):
    """Somebody in a chat with the bot."""

    sees_pictures: bool

    async def says(self, text: str) -> Heard: ...

    async def taps(self, label: str) -> Heard: ...

    async def taps_value(self, value: str) -> Heard: ...


class Visitor:
    """Somebody on the web page, through real HTTP."""

    sees_pictures = True

    def __init__(self, url: str, session: ClientSession, language: str = "vi") -> None:
        self.url = url
        self._session = session
        self._headers = {"Accept-Language": language}
        self._buttons: dict[str, str] = {}

    async def says(self, text: str) -> Heard:
        return await self.posts({"text": text})

    async def taps(self, label: str) -> Heard:
        return await self.taps_value(self._buttons[label])

    async def taps_value(self, value: str) -> Heard:
        return await self.posts({"choice": value})

    async def posts(self, fields: dict[str, Any]) -> Heard:
        url = f"{self.url}/chat"
        async with self._session.post(url, json=fields, headers=self._headers) as response:
            assert response.status == 200, await response.text()
            replies = (await response.json())["replies"]
        text = "\n\n".join(_as_text(reply) for reply in replies)
        buttons = {c["label"]: c["value"] for reply in replies for c in reply["choices"]}
        self._buttons = buttons or self._buttons
        pictures = sum(len(reply["media"]) for reply in replies)
        files = [reply["document"]["text"] for reply in replies if reply["document"]]
        return Heard(text, buttons, pictures, "".join(files))


class TelegramPerson:
    """Somebody on Telegram, through the fake platform that the bot polls."""

    sees_pictures = True

    def __init__(
        self,
        fake: FakeTelegram,
        settled: Callable[[], Awaitable[None]],
        chat: int = 501,
        language: str = "vi",
    ) -> None:
        self._fake = fake
        self._settled = settled
        self.chat = chat
        self._language = language
        self._buttons: dict[str, str] = {}

    async def says(self, text: str) -> Heard:
        return await self._does(self._fake.text(self.chat, text, self._language))

    async def taps(self, label: str) -> Heard:
        return await self.taps_value(self._buttons[label])

    async def taps_value(self, value: str) -> Heard:
        return await self._does(self._fake.tap(self.chat, value, self._language))

    @property
    def uploads(self) -> int:
        """How many pictures the platform was given, not counting those sent by their id."""
        return self._fake.uploads

    async def _does(self, update: dict[str, Any]) -> Heard:
        before = len(self._fake.to(self.chat))
        await self._fake.queue(update)
        await self._fake.taken()
        await self._settled()
        sent = self._fake.to(self.chat)[before:]
        buttons = {label: value for message in sent for label, value in message.buttons}
        self._buttons = buttons or self._buttons
        pictures = sum(1 for message in sent if message.photo)
        return Heard("\n\n".join(message.text for message in sent), buttons, pictures)


class ZaloPerson(ABC):
    """Somebody on Zalo, who types numbers where there are no buttons, and 0 for further lines."""

    sees_pictures = False

    def __init__(self, user: str, settled: Callable[[], Awaitable[None]]) -> None:
        self.user = user
        self._settled = settled
        self._buttons: dict[str, str] = {}

    @abstractmethod
    async def says(self, text: str) -> Heard: ...

    async def taps(self, label: str) -> Heard:
        if label not in self._buttons:
            await self.says("0")
        return await self.says(self._buttons[label])

    async def taps_value(self, value: str) -> Heard:
        """A button of long ago: its tap comes as if it had been typed."""
        return await self.says(f"#{value}")

    def _heard(self, texts: list[str], buttons: dict[str, str], pictures: int = 0) -> Heard:
        text = "\n\n".join(texts)
        for number, label in re.findall(r"^(\d)\. (.+)$", text, re.MULTILINE):
            buttons = {**buttons, label: number}
        self._buttons = buttons or self._buttons
        return Heard(text, buttons, pictures)


class ZaloBotPerson(ZaloPerson):
    """Somebody in the pilot, through the fake Bot platform that the bot polls."""

    def __init__(self, fake: FakeZaloBot, user: str, settled: Callable[[], Awaitable[None]]):
        super().__init__(user, settled)
        self._fake = fake

    async def says(self, text: str) -> Heard:
        return await self.does(self._fake.text(self.user, text))

    async def does(self, update: dict[str, Any]) -> Heard:
        before = len(self._fake.to(self.user))
        await self._fake.queue(update)
        await self._fake.taken()
        await self._settled()
        return self._heard([sent.text for sent in self._fake.to(self.user)[before:]], {})


class ZaloOAPerson(ZaloPerson):
    """A follower of the Official Account, through the webhook that the fake platform calls."""

    sees_pictures = True

    def __init__(
        self,
        fake: FakeZaloOA,
        url: str,
        session: ClientSession,
        settled: Callable[[], Awaitable[None]],
        user: str = "246845883529197922",
    ) -> None:
        super().__init__(user, settled)
        self._fake = fake
        self._url = url
        self._session = session

    async def says(self, text: str) -> Heard:
        return await self.does(self._fake.text(self.user, text))

    async def does(self, event: dict[str, Any]) -> Heard:
        before = len(self._fake.to(self.user))
        assert await self._pushed(event) == 200
        await self._settled()
        return self.heard_since(before)

    async def _pushed(self, event: dict[str, Any]) -> int:
        """As Zalo does: what was not taken within two seconds comes again."""
        status = 503
        for retry in range(4):
            url = f"{self._url}/zalo-oa"
            status = await self._fake.push(self._session, url, event, retry=retry)
            if status != 503:
                break
        return status

    def heard_since(self, before: int) -> Heard:
        """What came after the first `before` messages."""
        sent = self._fake.to(self.user)[before:]
        buttons = {title: payload for message in sent for title, payload in message.buttons}
        pictures = sum(1 for message in sent if message.image)
        return self._heard([message.text for message in sent], buttons, pictures)


def _as_text(reply: dict[str, Any]) -> str:
    sources = "\n".join(f"- {source['label']}" for source in reply["sources"])
    parts = (reply["title"], reply["body"], reply["note"], reply["sources_label"], sources)
    return "\n\n".join(part for part in parts if part)
