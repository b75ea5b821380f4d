"""What the checks of schemathesis cannot know about this API."""

import schemathesis

# Refused before a rule is asked: the request is not what the description says a request is.
FORM = {
    "body-not-json",
    "body-not-utf8",
    "body-too-deep",
    "header-invalid",
    "media-type-unsupported",
    "request-invalid",
    "url-invalid",
    "validation-failed",
}


@schemathesis.check
def form_is_taken(ctx, response, case):
    """What fits its schema is never refused for its form."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if "json" in response.headers.get("content-type", [""])[0]:
        problem = response.json()
        if isinstance(problem, dict) and problem.get("code") in FORM:
            raise AssertionError(f"fits its schema, but is refused: {problem}")


@schemathesis.hook
def map_headers(context, headers):
    # A revision that nobody has seen is stale: all commands would end there (412). test/e2e and test/http send real ones.
    return {name: value for name, value in headers.items() if name.lower() != "if-match"} if headers else headers
