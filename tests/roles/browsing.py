"""A browser that stays signed in whatever it did."""

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from portal.accounts.models import Person
from tests.conftest import Client


class Browser:
    """Of one person, who is signed in anew for each request: to sign out is one of the cells."""

    def __init__(self, app: Flask, person: Person | None) -> None:
        made = app.test_client()
        assert isinstance(made, Client)
        self.client = made.sign_in(person) if person else made
        kept = made.get_cookie("session")
        self.cookie = kept.value if kept else ""

    def sends(self, method: str, path: str, data: Any = None, **more: Any) -> TestResponse:
        self.client.delete_cookie("session")
        if self.cookie:
            self.client.set_cookie("session", self.cookie)
        return self.client.open(path, method=method, data=data, **more)
