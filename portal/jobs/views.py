"""For whoever watches over the installation: is it alive, is it ready?"""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from portal.core.web import open_to_all
from portal.jobs import queries

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@open_to_all
def alive() -> ResponseReturnValue:
    return jsonify(alive=True)


@blueprint.get("/readyz")
@open_to_all
def ready() -> ResponseReturnValue:
    problems = queries.problems()
    return jsonify(ready=not problems, problems=problems), 503 if problems else 200
