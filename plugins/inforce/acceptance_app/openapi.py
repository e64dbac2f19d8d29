"""What can be called, and what it answers: OpenAPI 3.1, told to everybody at `/openapi.json`."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from inforce.acceptance_app.problems import STATUSES
from inforce.core.acceptance import Decision, Reason
from inforce.core.effect import Audience
from inforce.formats.acceptance.request_json import CHANNEL, LANGUAGE, LONGEST_STATE, MOST_POLICIES, POLICY, SUBJECT

Json = dict[str, Any]
_JSON, _HTML, _PROBLEM = "application/json", "text/html", "application/problem+json"
_RETRY: Json = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string", "pattern": r"^\d+$"}}}
_HEADERS: dict[int, Json] = {
    401: {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}},
    415: {"Accept": {"description": "The type that is taken.", "schema": {"type": "string"}}},
    429: _RETRY,
    503: _RETRY,
}
_INSTANT: Json = {"type": "string", "format": "date-time"}
_DIGITS: Json = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_OF_ANY = (408, 500, 503)
"""What any call can come to: slow, a fault of ours, as many connections as there can be."""
_TOKEN = "^[A-Za-z0-9_-]{43}$"  # noqa: S105 - what one looks like


def description(address: str, policies: Sequence[str]) -> Json:
    """The description of the app at an address; `policies` are those that can be asked about."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Inforce: the register of acceptances",
            "version": version("inforce"),
            "description": "Asks people to accept revisions of policies, and records what they say.",
        },
        "servers": [{"url": address.rstrip("/")}],
        "tags": [{"name": "applications"}, {"name": "people"}, {"name": "anybody"}],
        "paths": {
            "/requests": {"post": _ask()},
            "/requests/{id}": {"get": _outcome()},
            "/must-accept": {"post": _must_accept()},
            "/a/{token}": {"parameters": [_parameter("token", _TOKEN)], "get": _show(), "post": _answer()},
            "/health": {"get": _open("health", "Whether the process answers.", _object(status={"const": "up"}))},
            "/ready": {"get": _ready()},
            "/openapi.json": {"get": _counted(_open("openapi", "This description.", {"type": "object"}))},
            "/keys.json": {"get": _keys()},
            "/heads": {"get": _heads()},
            "/problems/{name}": {"get": _problem()},
        },
        "components": {
            "securitySchemes": {"credential": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(policies),
            "responses": {str(status): _told(status) for status in sorted(set(STATUSES.values()))},
        },
    }


def _ask() -> Json:
    asked = {"type": "array", "items": _ref("Asked")}
    uri = {"type": "string", "format": "uri"}
    made = _object(address=uri, asked={**asked, "minItems": 1}, expires=_INSTANT, id=_id())
    there = {"Location": {"required": True, "schema": uri}}
    return _secured(
        "ask",
        "Ask a person: an address to send them to, good once, and to be opened within minutes.",
        {
            "200": _answered("Nothing is asked of them.", _object(asked={**asked, "maxItems": 0})),
            "201": {**_answered("Something is.", made), "headers": there},
            **_problems(413, 415, 422, 429),
        },
        body=_ref("Request"),
    )


def _outcome() -> Json:
    answer = _object(
        decision={"enum": [one.value for one in Decision]},
        instant=_INSTANT,
        policy={"type": "string"},
        receipt={"type": "string"},
        revision={"type": "string"},
    )
    told = _object(
        answers={"type": "array", "items": answer}, id=_id(), status={"enum": ["pending", "answered", "expired"]}
    )
    return {
        **_secured(
            "outcome",
            "What became of a request of your own.",
            {"200": _answered("The request.", told), **_problems(404, 429)},
        ),
        "parameters": [_parameter("id", "^[0-9a-f]{32}$")],
    }


def _must_accept() -> Json:
    told = _object(asked={"type": "array", "items": _ref("Asked")}, must={"type": "boolean"})
    return _secured(
        "mustAccept",
        "Whether this person has something to answer now.",
        {"200": _answered("The answer.", told), **_problems(413, 415, 422, 429)},
        body=_ref("Call"),
    )


def _show() -> Json:
    responses = {"200": _page(), **_problems(404, 409, 410, 429)}
    return _of_people("show", "What is asked, with the form; once it is answered, the receipts.", responses)


def _answer() -> Json:
    onward = {"Location": {"required": True, "schema": {"type": "string", "format": "uri"}}}
    fields = {
        "type": "object",
        "required": ["key", "policy-1", "revision-1", "digest-1", "presentation-1", "compared-1", "decision-1"],
        "properties": {
            "key": _DIGITS,
            "policy-1": {"type": "string", "pattern": POLICY},
            "revision-1": {"type": "string", "pattern": POLICY},
            "digest-1": _DIGITS,
            "presentation-1": _DIGITS,
            "compared-1": {"type": "string", "maxLength": 100},
            "decision-1": {"enum": [one.value for one in Decision]},
        },
    }
    return {
        **_of_people(
            "answer",
            "The form of that page: six fields for each text, numbered from 1, and the key that the page has.",
            {
                "303": {"description": "Recorded for good; go back to the application.", "headers": onward},
                **_problems(400, 403, 404, 409, 410, 413, 415, 422, 429),
            },
        ),
        "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": fields}}},
    }


def _ready() -> Json:
    told = _object(
        commit={"type": ["string", "null"]},
        ready={"type": "boolean"},
        record={"enum": ["current", "outdated"]},
        register={"enum": ["available", "unavailable"]},
    )
    good = _open("ready", "Whether answers can be recorded, and whether the record that is read is the newest.", told)
    bad = {"description": "They cannot.", "content": {**_content(told), _PROBLEM: {"schema": _ref("Problem")}}}
    return _counted({**good, "responses": {**good["responses"], "503": bad}})


def _keys() -> Json:
    told = _object(keys={"type": "array", "items": {"type": "object"}})
    good = _open("keys", "The public keys of all times (RFC 7517).", told)
    kept = {"description": "The keys.", "content": {"application/jwk-set+json": {"schema": told}}}
    return {**good, "responses": {**good["responses"], "200": kept}}


def _heads() -> Json:
    good = _open("heads", "The head of the chain that was signed last.", _object(head={"type": ["string", "null"]}))
    return _counted(good)


def _problem() -> Json:
    good = _open("problem", "What a problem is.", {})
    responses = {**good["responses"], "200": _page(), **_problems(404, 429)}
    return {**good, "parameters": [_parameter("name", "^[a-z-]{1,40}$")], "responses": responses}


def _schemas(policies: Sequence[str]) -> Json:
    call = {
        "subject": {"type": "string", "pattern": SUBJECT, "description": "An opaque id: no name, no mail address."},
        "registered": {**_INSTANT, "type": ["string", "null"], "description": "Null: about to register."},
        "policies": {
            "type": "array",
            "items": {"enum": list(policies)},
            "minItems": 1,
            "maxItems": MOST_POLICIES,
            "uniqueItems": True,
        },
    }
    visit = {
        **call,
        "language": {"type": "string", "pattern": LANGUAGE},
        "return_to": {"type": ["string", "null"], "description": "One of the application's own addresses."},
        "state": {"type": ["string", "null"], "minLength": 1, "maxLength": LONGEST_STATE},
        "channel": {"type": "string", "pattern": CHANNEL},
        "reconsider": {"type": "boolean", "description": "Show what was answered before, too."},
    }
    nothing_else = {"type": "object", "additionalProperties": False}
    return {
        "Request": {**nothing_else, "required": ["subject", "registered", "policies"], "properties": visit},
        "Call": {**nothing_else, "required": ["subject", "registered"], "properties": call},
        "Asked": _object(
            accept_by={**_INSTANT, "type": ["string", "null"]},
            audience={"enum": [one.value for one in Audience]},
            policy={"type": "string"},
            reason={"enum": [*(one.value for one in Reason), None]},
            revision={"type": "string"},
            start={**_INSTANT, "type": ["string", "null"]},
            title={"type": "string"},
        ),
        "Problem": {
            **_object(
                detail={"type": "string"},
                status={"type": "integer"},
                title={"type": "string"},
                type={"type": "string", "format": "uri-reference"},
            ),
            "additionalProperties": True,
        },
    }


def _secured(name: str, told: str, responses: Json, body: Json | None = None) -> Json:
    found = {**_open(name, told, {}), "security": [{"credential": []}], "tags": ["applications"]}
    if body is not None:
        found["requestBody"] = {"required": True, "content": _content(body)}
    return {**found, "responses": {**responses, **_problems(401, *_OF_ANY)}}


def _of_people(name: str, told: str, responses: Json) -> Json:
    return {**_open(name, told, {}), "tags": ["people"], "responses": {**responses, **_problems(*_OF_ANY)}}


def _open(name: str, told: str, schema: Json) -> Json:
    responses = {"200": _answered(told, schema), **_problems(*_OF_ANY)}
    return {"operationId": name, "summary": told, "security": [], "tags": ["anybody"], "responses": responses}


def _counted(call: Json) -> Json:
    """A call that a client can make too often."""
    return {**call, "responses": {**call["responses"], **_problems(429)}}


def _object(**properties: Json) -> Json:
    return {
        "type": "object",
        "required": sorted(properties),
        "properties": properties,
        "additionalProperties": False,
    }


def _answered(told: str, schema: Json) -> Json:
    return {"description": told, "content": _content(schema)}


def _content(schema: Json) -> Json:
    return {_JSON: {"schema": schema}}


def _page() -> Json:
    return {"description": "A page.", "content": {_HTML: {"schema": {"type": "string"}}}}


def _problems(*statuses: int) -> Json:
    """Problems: as JSON for programs, as pages for people."""
    return {str(status): {"$ref": f"#/components/responses/{status}"} for status in statuses}


def _told(status: int) -> Json:
    names = ", ".join(sorted(str(name) for name, one in STATUSES.items() if one == status))
    content: Json = {_PROBLEM: {"schema": _ref("Problem")}, _HTML: {"schema": {"type": "string"}}}
    told = {"description": f"{HTTPStatus(status).phrase}: {names}.", "content": content}
    return {**told, "headers": _HEADERS[status]} if status in _HEADERS else told


def _parameter(name: str, pattern: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": pattern}}


def _id() -> Json:
    return {"type": "string", "pattern": "^[0-9a-f]{32}$"}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}
