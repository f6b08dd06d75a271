"""A bare Flask view: the measure of what a request costs, whatever the machine."""

from flask import Flask

app = Flask("hello", static_folder=None)
app.add_url_rule("/", "hello", lambda: "hello")
