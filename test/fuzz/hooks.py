"""What the checks of schemathesis cannot know about this API. scripts/fuzz.js names this file and gives it ids that are there."""

import json
import os
import re
import zlib

import schemathesis

# Refused before a rule is asked: the request is not what the description says a request is.
FORM = {
    "body-not-json",
    "body-not-utf8",
    "body-too-deep",
    "body-too-many-fields",
    "header-invalid",
    "media-type-unsupported",
    "request-invalid",
    "url-invalid",
    "validation-failed",
}

# Ids by the fields and the parts of paths that they may stand in.
KNOWN = json.loads(os.environ.get("FUZZ_IDS", "{}"))
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)


@schemathesis.check
def form_is_taken(ctx, response, case):
    """What fits its schema is never refused for its form."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    # Links of schemathesis hand over null as an id where a document has none, such as the customer of a lead.
    if None in (case.path_parameters or {}).values():
        return
    if "json" in response.headers.get("content-type", [""])[0]:
        problem = response.json()
        if isinstance(problem, dict) and problem.get("code") in FORM:
            raise AssertionError(f"fits its schema, but is refused: {problem}")


@schemathesis.hook
def before_load_schema(context, raw_schema):
    # A revision that nothing has been at is stale: all commands would end there (412). test/http sends real ones.
    for path in raw_schema["paths"].values():
        for operation in path.values():
            sent = operation.get("parameters", [])
            operation["parameters"] = [each for each in sent if not each.get("$ref", "").endswith("/IfMatch")]


@schemathesis.hook
def before_call(context, case, kwargs):
    # Ids of nothing are always answered with 404: half of those that fit are replaced by ids of something.
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.path_parameters:
        kind = case.path.split("/")[1]
        names = {"id": KNOWN.get(kind, [])}
        case.path_parameters = {
            name: known(value, names.get(name) or KNOWN.get(name)) for name, value in case.path_parameters.items()
        }
    if isinstance(case.body, dict):
        case.body = {name: known(value, KNOWN.get(name)) for name, value in case.body.items()}


def known(value, ids):
    """The same id is always replaced by the same one, so that a seed repeats a run."""
    if not ids or not isinstance(value, str) or not UUID.fullmatch(value):
        return value
    chance = zlib.crc32(value.encode())
    return ids[chance // 2 % len(ids)] if chance % 2 == 0 else value
