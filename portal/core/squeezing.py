"""A stranger's page travels compressed.

It holds nothing of its visitor, so the length of the answer can tell nobody anything. The page
of somebody who is signed in holds their forgery token, and goes out as it is.
"""

import gzip

from flask import Flask, Response, g, request

WORTH_IT = 1000  # bytes
LEVEL = 9


def init_app(app: Flask) -> None:
    app.after_request(_squeeze)


def _squeeze(response: Response) -> Response:
    if not (response.mimetype or "").startswith("text/") or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    if g.get("depends_on_person", False) or "Content-Encoding" in response.headers:
        return response
    page = response.get_data()
    if len(page) >= WORTH_IT and request.accept_encodings.quality("gzip") > 0:
        response.set_data(gzip.compress(page, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
