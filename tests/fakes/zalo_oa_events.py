"""Zalo's webhook side: what people do at an Official Account, and how Zalo posts it."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import ClientError, ClientSession

from tests.fakes.zalo_oa_shapes import APP_ID, OA_ID
from tests.fakes.zalo_oauth import ZaloClock

OA_SECRET = "OASecretKeyExample"
GROUP = "f414c8f76fa586fbdfb4"
ANONYMOUS = "10ddb8a4e5e20cbc55f3"


@dataclass
class UserState:
    """What Zalo knows of somebody."""

    last_interaction: datetime | None = None
    is_follower: bool = False
    has_blocked: bool = False
    has_written: bool = False
    welcome_left: int = 0
    name: str = "Lan"
    shared: dict[str, str] = field(default_factory=dict)


class ZaloPeople(ZaloClock):
    """The people, their events, and the posts to the webhook."""

    def __init__(self) -> None:
        super().__init__()
        self.users: defaultdict[str, UserState] = defaultdict(UserState)
        self.authors: dict[str, str] = {}
        self.last_sent: dict[str, str] = {}
        self.answer_seconds = 2.0
        self.retry_pauses: tuple[float, ...] = (0.05,) * 5
        self._messages = itertools.count(1)

    # What people do -------------------------------------------------------------------------

    def text(self, user: str, text: str) -> dict[str, Any]:
        """Somebody writes."""
        return self._written("user_send_text", user, text=text)

    def tap(self, user: str, payload: str) -> dict[str, Any]:
        """Somebody taps an oa.query button: Zalo has no other event for it than a message."""
        return self.text(user, payload)

    def image(self, user: str, caption: str = "", url: str = "") -> dict[str, Any]:
        """Somebody sends a picture."""
        url = url or "https://photo.example/p.jpg"
        payload = {"thumbnail": "https://photo.example/t.jpg", "url": url}
        return self._attached("user_send_image", user, "image", payload, caption)

    def link(self, user: str, url: str, text: str = "") -> dict[str, Any]:
        """Somebody sends a link."""
        payload = {"thumbnail": "https://photo.example/t.jpg", "description": "", "url": url}
        return self._attached("user_send_link", user, "link", payload, text)

    def sticker(self, user: str) -> dict[str, Any]:
        """Somebody sends a sticker."""
        payload = {"id": "bfe458bf64fa8da4d4eb", "url": "https://sticker.example/s.png"}
        return self._attached("user_send_sticker", user, "sticker", payload)

    def location(self, user: str) -> dict[str, Any]:
        """Somebody sends where they are."""
        payload = {"coordinates": {"latitude": "21.0278", "longitude": "105.8342"}}
        return self._attached("user_send_location", user, "location", payload)

    def file(self, user: str) -> dict[str, Any]:
        """Somebody sends a document."""
        payload = {
            "url": "https://file.example/payslip.pdf",
            "size": "36862",
            "name": "payslip.pdf",
            "checksum": "d41d8cd98f00b204e9800998ecf8427e",
            "type": "pdf",
        }
        return self._attached("user_send_file", user, "file", payload)

    def business_card(self, user: str) -> dict[str, Any]:
        """Somebody sends a name card: a link whose description is JSON."""
        card = {"phone": "84901234567", "qrCodeUrl": "https://photo.example/qr.png"}
        payload = {
            "thumbnail": "https://photo.example/t.jpg",
            "description": json.dumps(card, separators=(",", ":")),
            "url": "https://zalo.example/card",
        }
        return self._attached("user_send_business_card", user, "link", payload)

    def group_text(self, user: str, text: str) -> dict[str, Any]:
        """Somebody writes in a group of the account."""
        event = self._written("user_send_group_text", user, text=text)
        return {**event, "oa_id": OA_ID, "group_id": GROUP, "recipient": {"id": GROUP}}

    def anonymous(self, text: str) -> dict[str, Any]:
        """Somebody who is not signed in writes."""
        message = {"msg_id": self._number(), "text": text, "conversation_id": "c-1"}
        sender, recipient = {"id": ANONYMOUS}, {"id": OA_ID}
        name = "anonymous_send_text"
        return self._event(name, sender=sender, recipient=recipient, message=message)

    def follow(self, user: str) -> dict[str, Any]:
        """Somebody follows: an interaction that allows a few messages only."""
        state = self.users[user]
        state.is_follower, state.last_interaction = True, self.now()
        state.welcome_left = 0 if state.has_written else 3
        return self._event("follow", user, oa_id=OA_ID, follower={"id": user}, source="oa_profile")

    def unfollow(self, user: str) -> dict[str, Any]:
        """Somebody unfollows; who wrote may still be answered in the window."""
        state = self.users[user]
        state.is_follower, state.welcome_left = False, 0
        return self._event("unfollow", user, oa_id=OA_ID, follower={"id": user})

    def click_chatnow(self, user: str) -> dict[str, Any]:
        """Somebody opens the chat for the first time: the account may write first."""
        self._interact(user)
        return self._event("user_click_chatnow", user, oa_id=OA_ID, user_id=user)

    def submit_info(self, user: str) -> dict[str, Any]:
        """Somebody shares name and phone; no page calls this an interaction."""
        address = {"address": "1 Tràng Thi", "district": "Hoàn Kiếm", "city": "Hà Nội"}
        info = {"name": "Trần Thị Lan", "phone": "84901234567", "user_dob": "", "gender": ""}
        self.users[user].shared = {"name": info["name"], "phone": info["phone"], **address}
        people = {"sender": {"id": user}, "recipient": {"id": OA_ID}}
        shared = {**info, "full_address": address}
        return self._event("user_submit_info", user, oa_id=OA_ID, **people, info=shared)

    def withdraw(self, user: str) -> dict[str, Any]:
        """Somebody wants their data erased."""
        return self._event("user_withdraw", user, user_id=user)

    def received(self, user: str) -> dict[str, Any]:
        """The last message has arrived on somebody's telephone."""
        return self._between("user_received_message", user, {"msg_id": self._last(user)})

    def seen(self, user: str) -> dict[str, Any]:
        """Somebody has seen the last message."""
        return self._between("user_seen_message", user, {"msg_ids": [self._last(user)]})

    def echo(self, user: str, text: str, admin: str = "") -> dict[str, Any]:
        """The account's own message; `admin` is the person who typed it in Zalo's own tool."""
        event = self._between("oa_send_text", user, {"msg_id": self._number(), "text": text})
        sender = {"id": OA_ID, **({"admin_id": admin} if admin else {})}
        return {**event, "sender": sender, "recipient": {"id": user}}

    def unknown(self, user: str) -> dict[str, Any]:
        """An event that Zalo has not invented yet."""
        return self._between("user_send_hologram", user, {"msg_id": self._number()})

    # How Zalo posts it ----------------------------------------------------------------------

    def sign(self, body: bytes, timestamp: str) -> str:
        """The value of X-ZEvent-Signature: a plain SHA-256, not an HMAC."""
        signed = APP_ID.encode() + body + timestamp.encode() + OA_SECRET.encode()
        return f"mac={hashlib.sha256(signed).hexdigest()}"

    async def push(
        self,
        session: ClientSession,
        url: str,
        event: dict[str, Any],
        *,
        mac: str | None = None,
        retry: int | None = None,
    ) -> int:
        """Posts an event once; the status that came back."""
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        signature = self.sign(body, event.get("timestamp", "")) if mac is None else mac
        headers = {"Content-Type": "application/json", "X-ZEvent-Signature": signature}
        if retry is not None:
            headers["num_retry"] = str(retry)
        async with session.post(url, data=body, headers=headers) as response:
            return response.status

    async def probe(self, session: ClientSession, url: str) -> int:
        """Posts what the console posts when somebody saves the address: `{}`, unsigned."""
        headers = {"Content-Type": "application/json"}
        async with session.post(url, data=b"{}", headers=headers) as response:
            return response.status

    async def deliver(self, session: ClientSession, url: str, event: dict[str, Any]) -> int:
        """Posts until 200 comes in time; the last status, or the last error raised."""
        failure: Exception | None = None
        status = 0
        for attempt, pause in enumerate((0.0, *self.retry_pauses)):
            await asyncio.sleep(pause)
            try:
                push = self.push(session, url, event, retry=attempt or None)
                status, failure = await asyncio.wait_for(push, self.answer_seconds), None
            except (TimeoutError, ClientError) as error:
                failure = error
            if failure is None and status == 200:
                return status
        if failure is not None:
            raise failure
        return status

    # The parts of events --------------------------------------------------------------------

    def _event(self, name: str, user: str = "", **more: Any) -> dict[str, Any]:
        by_app = {"user_id_by_app": f"5521{user}"} if user else {}
        stamp = {"event_name": name, "timestamp": self.milliseconds()}
        return {"app_id": APP_ID, **by_app, **stamp, **more}

    def _between(self, name: str, user: str, message: dict[str, Any]) -> dict[str, Any]:
        people = {"sender": {"id": user}, "recipient": {"id": OA_ID}}
        return self._event(name, user, **people, message=message)

    def _written(self, name: str, user: str, **message: Any) -> dict[str, Any]:
        self._interact(user)
        number = self._number()
        self.authors[number] = user
        return self._between(name, user, {"msg_id": number, **message})

    def _attached(
        self, name: str, user: str, kind: str, payload: dict[str, Any], text: str = ""
    ) -> dict[str, Any]:
        said = {"text": text} if text else {}
        return self._written(name, user, **said, attachments=[{"type": kind, "payload": payload}])

    def _interact(self, user: str) -> None:
        state = self.users[user]
        state.last_interaction, state.has_written, state.welcome_left = self.now(), True, 0
        state.has_blocked = False

    def _last(self, user: str) -> str:
        return self.last_sent.get(user) or self._number()

    def _number(self) -> str:
        return f"96d3cdf3af15{next(self._messages):08x}"
