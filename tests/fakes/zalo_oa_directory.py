"""Zalo's directory on this machine: who the users are, their tags, and the account itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta, timezone
from typing import Any

from tests.fakes.zalo_oa_events import UserState, ZaloPeople
from tests.fakes.zalo_oa_shapes import OA_ID, Refusal, check_call

VIETNAM = timezone(timedelta(hours=7))


class ZaloDirectory(ZaloPeople):
    """The calls that read and sort people."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: dict[str, set[str]] = {}

    def read_quota(self, given: dict[str, Any]) -> Any:
        if "quota_owner" in given:
            check_call(given, {"quota_owner!": "str", "product_type": "str", "quota_type": "str"})
            return [
                {"product_type": "cs", "quota_type": "sub_quota", "total": 2000, "remain": 2000}
            ]
        state = self._known(check_call(given, {"user_id!": "id"})["user_id"])
        months = {"daily_remain": 1, "daily_total": 1, "monthly_remain": 4, "monthly_total": 4}
        cs = {"remain": 8, "total": 8}
        return {"last_interaction": _day(state), "cs_reply": cs, "promotion": months}

    def _known(self, user: Any) -> UserState:
        if str(user) not in self.users:
            raise Refusal(-201, "user_id is invalid")
        return self.users[str(user)]

    def read_detail(self, given: dict[str, Any]) -> dict[str, Any]:
        user = str(check_call(given, {"user_id!": "id"})["user_id"])
        state = self._known(user)
        avatar = "https://photo.example/a.jpg"
        return {
            "user_id": user,
            "user_id_by_app": f"5521{user}",
            "user_external_id": "",
            "display_name": state.name,
            "user_alias": state.name,
            "is_sensitive": False,
            "user_last_interaction_date": _day(state),
            "user_is_follower": state.is_follower,
            "avatar": avatar,
            "avatars": {"120": avatar, "240": avatar},
            "dynamic_param": "",
            "tags_and_notes_info": {"notes": [], "tag_names": list(self._tags_of(user))},
            "shared_info": state.shared,
        }

    def read_list(self, given: dict[str, Any]) -> dict[str, Any]:
        filters = {"tag_name": "str", "last_interaction_period": "str", "is_follower": "str"}
        check_call(given, {"offset!": "int", "count!": "int", **filters})
        offset, count = given["offset"], given["count"]
        if offset > 9951 or count > 50:
            raise Refusal(-210, "offset or count is over the limit")
        found = [user for user in self.users if self._matches(user, given)]
        page = [{"user_id": user} for user in found[offset : offset + count]]
        return {"total": len(found), "count": len(page), "offset": offset, "users": page}

    def _matches(self, user: str, given: dict[str, Any]) -> bool:
        state = self.users[user]
        if given.get("tag_name") not in {None, *self._tags_of(user)}:
            return False
        follows = "true" if state.is_follower else "false"
        if given.get("is_follower", follows) != follows:
            return False
        return self._is_within(state, given.get("last_interaction_period"))

    def _is_within(self, state: UserState, period: str | None) -> bool:
        if period is None or state.last_interaction is None:
            return period is None
        today = self.now().astimezone(VIETNAM).date()
        day = state.last_interaction.astimezone(VIETNAM).date()
        days = {"TODAY": (0, 0), "YESTERDAY": (1, 1), "L7D": (7, 0), "L30D": (30, 0)}
        if period in days:
            first, last = (today - timedelta(days=ago) for ago in days[period])
            return first <= day <= last
        try:
            first, last = map(date.fromisoformat, period.replace("_", "-").split(":"))
        except ValueError:
            raise Refusal(-201, "last_interaction_period is invalid") from None
        return first <= day <= last

    def read_account(self, given: dict[str, Any]) -> dict[str, Any]:
        check_call(given, {})
        followers = sum(state.is_follower for state in self.users.values())
        account = {"oaid": OA_ID, "name": "Công đoàn", "is_verified": True, "oa_type": 4}
        return {**account, "num_follower": followers, "package_name": "Tăng trưởng"}

    def _tags_of(self, user: str) -> Iterator[str]:
        return (tag for tag, users in self.tags.items() if user in users)

    def read_tags(self, given: dict[str, Any]) -> list[str]:
        check_call(given, {})
        return list(self.tags)

    def add_tag(self, given: dict[str, Any]) -> None:
        check_call(given, {"user_id!": "id", "tag_name!": "str"})
        self._known(given["user_id"])
        self.tags.setdefault(given["tag_name"], set()).add(str(given["user_id"]))

    def remove_tag(self, given: dict[str, Any]) -> None:
        check_call(given, {"user_id!": "id", "tag_name!": "str"})
        self._known(given["user_id"])
        if given["tag_name"] not in self.tags:
            raise Refusal(-201, "tag_name is invalid")
        self.tags[given["tag_name"]].discard(str(given["user_id"]))


def _day(state: UserState) -> str:
    if state.last_interaction is None:
        return ""
    return state.last_interaction.astimezone(VIETNAM).strftime("%d/%m/%Y")
