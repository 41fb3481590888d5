"""Around every request to the API: what it may be, its id, and an answer in JSON whatever comes."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from regulars.api.door import refuse_unknown_parameters
from regulars.api.problems import MEDIA_TYPE, Problem, answer_problem
from regulars.kit.ids import new_id, readable

_ROOT = "/api/v1/"
_OWN = {
    400: ("bad_request", "This request cannot be read."),
    404: ("no_such_address", "Nothing is at this address. The addresses are at /api/docs."),
    405: ("method_not_allowed", "This address does not know this method; see Allow."),
    413: ("too_large", "This is more than is taken at once."),
}
_FAULT = ("our_fault", "Something went wrong here. Send it again in a moment.")


class ApiMiddleware:
    """Beside the API it does nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, with what every answer of the API has."""
        if not request.path_info.startswith(_ROOT):
            return self._get_response(request)
        request.request_id = readable("req", new_id())  # type: ignore[attr-defined]
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"
        response = self._answered(request)
        for name, value in getattr(request, "rate", {}).items():
            response.headers[name] = value
        response.headers["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        response.headers.setdefault("Cache-Control", "no-store")
        if is_head and isinstance(response, HttpResponse):
            response.headers["Content-Length"] = str(len(response.content))
            response.content = b""
        return response

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _named: object
    ) -> HttpResponse | None:
        """Between the address and what stands there."""
        if not request.path_info.startswith(_ROOT) or request.resolver_match is None:
            return None
        try:
            refuse_unknown_parameters(request, request.resolver_match.route)
        except Problem as problem:
            return answer_problem(request, problem)
        return None

    def _answered(self, request: HttpRequest) -> HttpResponseBase:
        try:
            refuse_what_cannot_be_read(request)
        except Problem as problem:
            return answer_problem(request, problem)
        response = self._get_response(request)
        if response.status_code == 405 and request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": response.headers["Allow"]})
        if response.status_code < 400 or response.headers.get("Content-Type") == MEDIA_TYPE:
            return response
        code, detail = _OWN.get(response.status_code, _FAULT)
        kept = {name: response.headers[name] for name in ("Allow",) if name in response.headers}
        return answer_problem(request, Problem(response.status_code, code, detail, headers=kept))


def refuse_what_cannot_be_read(request: HttpRequest) -> None:
    """Refuse by the headers alone, before a body of any size is read."""
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if int(request.META.get("CONTENT_LENGTH") or 0) > most:
        raise Problem(
            413,
            "too_large",
            f"A request holds {most:,} bytes at most. Send it in several.",
            facts={"limit_bytes": most},
        )
    if request.headers.get("Transfer-Encoding"):
        raise Problem(411, "length_required", "Send the body whole, with its Content-Length.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, "encoding_not_taken", "Send the body as it is, not compressed.")
    if not request.accepts("application/json"):
        raise Problem(406, "not_acceptable", "Answers are application/json; Accept has to take it.")
