"""The description of the API: what the library makes, and what it leaves out."""

from http import HTTPStatus
from typing import Any

from regulars.api.problems import MEDIA_TYPE, STATUSES, ProblemOut

_PROBLEM = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def described(schema: Any) -> Any:
    """The description with the problems of each operation, and the headers of each answer."""
    problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    schema["components"]["schemas"] |= problem.pop("$defs") | {"Problem": problem}
    del schema["servers"]  # whoever asks knows the address
    for path in schema["paths"].values():
        for operation in path.values():
            responses = operation["responses"]
            for media in operation.get("requestBody", {}).get("content", {}).values():
                if "$ref" not in media["schema"]:
                    media["schema"]["additionalProperties"] = False  # of a form
            for status in STATUSES:
                told = {"description": HTTPStatus(status).phrase}
                responses.setdefault(str(status), told | _PROBLEM)
    return schema
