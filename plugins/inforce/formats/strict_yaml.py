"""The YAML that counsel writes: every scalar is text, duplicate keys, aliases and tags are refused.

So `no` is `no` and 2018-05-10 is those ten characters. Every value knows its line, for telling what is wrong with it.
What rule 10 keeps out of texts is kept out of values too, where an escape would bring it in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import yaml

from inforce.core.errors import Fault, did_you_mean
from inforce.core.record import Reading
from inforce.formats.text.clean_text import decode, faults_of


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text and its line."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list and its line."""

    values: tuple[Value, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Keys:
    """A mapping, and the line of each key."""

    values: Mapping[str, Value]
    lines: Mapping[str, int]
    line: int


Value = Scalar | Items | Keys


class YamlError(Exception):
    """The text is not such YAML; `faults` says why."""

    def __init__(self, *faults: Fault) -> None:
        """Keep the faults, in order of lines."""
        self.faults = faults
        super().__init__(*(fault.what for fault in faults))


_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""PyYAML's parser, in C where the package brings it; only its events are used."""
_DEEPEST = 20
_CHARACTERS = r"[!-9;-~\u00a1-\u1fff\u2010-\u2027\u2030-\ud7ff]++"
_PLAIN_SCALAR = rf"[A-Za-z0-9](?:{_CHARACTERS}|:(?! )| (?!#))*+(?<![ :])"
"""A scalar that YAML reads as it stands: no sign before it, and none in it that ends it.

Nothing is tried twice (`++`, `*+`): whatever a scalar cannot take ends the line for it.
"""
_PLAIN_LINE = re.compile(rf"([a-z_]+):(?: ({_PLAIN_SCALAR}))?|( *- )({_PLAIN_SCALAR})")


def parse_mapping(text: str, first_line: int = 1) -> Keys:
    """The mapping that the text holds; an empty text is an empty mapping.

    Args:
        text: YAML.
        first_line: the line of the file on which the text begins.

    Raises:
        YamlError: it is no such YAML, or no mapping.
    """
    if (plain := _plain_mapping(text, first_line)) is not None:
        return plain
    faults: list[Fault] = []
    try:
        value = _document(yaml.parse(text, Loader=_LOADER), first_line, faults)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        line = first_line + mark.line if mark else first_line
        todo = (
            "write `key: value` lines without tabs; put a text that holds `: ` or begins with a sign in quotation marks"
        )
        raise YamlError(Fault(f"this is not YAML: {wrong.problem or wrong.context}", todo, line)) from None
    except yaml.YAMLError as wrong:
        raise YamlError(Fault(f"this is not YAML: {wrong}", "write `key: value` lines", first_line)) from None
    if value is None:
        return Keys({}, {}, first_line)
    if not isinstance(value, Keys):
        faults.append(Fault("this is not a list of keys", "write `key: value` lines", first_line))
        raise YamlError(*faults)
    if faults:
        raise YamlError(*faults)
    return value


def read_mapping(data: bytes) -> Reading[Keys]:
    """The mapping of a file, or everything that is wrong with its text and its YAML."""
    decoded = decode(data)
    if decoded.value is None:
        return Reading(None, decoded.faults)
    try:
        return Reading(parse_mapping(decoded.value))
    except YamlError as wrong:
        return Reading(None, wrong.faults)


def _plain_mapping(text: str, first_line: int) -> Keys | None:
    """The mapping, where nothing but plain scalars stands in it (`key: text`, and lists of such); else None.

    Nearly every file is of that kind, and is read many times faster so than by a parser of all of YAML. Whatever could
    mean anything else to YAML is left to that.
    """
    values: dict[str, Value] = {}
    lines: dict[str, int] = {}
    items: list[Value] | None = None
    key, indent = "", ""
    for number, line in enumerate(text.splitlines(), start=first_line):
        found = _PLAIN_LINE.fullmatch(line)
        if found is None:
            return None
        name, said, dash, item = found.groups()
        if item is not None:
            if items is None or (items and dash != indent):
                return None
            indent = dash
            items.append(Scalar(item, number))
            values[key] = Items(tuple(items), lines[key] + 1)
        elif name in lines or (key and key not in values):
            return None
        else:
            key, lines[name], items = name, number, None if said else []
            if said:
                values[name] = Scalar(said, number)
    return None if key and key not in values else Keys(values, lines, first_line)


def _document(events: Iterator[yaml.Event], first_line: int, faults: list[Fault]) -> Value | None:
    """The one document of a stream of events, or None where there is none."""
    value, documents = None, 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _not_allowed("a second document begins here", first_line + _line(event))
        elif isinstance(event, yaml.NodeEvent):
            value = _value(event, events, first_line, faults)
    return value


def _value(
    event: yaml.Event, events: Iterator[yaml.Event], first_line: int, faults: list[Fault], depth: int = 0
) -> Value:
    """The value that begins with the event; takes its further events from the stream."""
    line = first_line + _line(event)
    if isinstance(event, yaml.AliasEvent):
        raise _not_allowed("an alias (`*…`) is not allowed here", line)
    if depth > _DEEPEST:
        raise _not_allowed("this is nested too deep", line)
    if tag := getattr(event, "tag", None):
        faults.append(Fault(f"the tag `{tag}` is not understood", "leave it out: every value is text", line))
    if isinstance(event, yaml.ScalarEvent):
        faults += [replace(fault, line=line) for fault in faults_of(event.value)]
        return Scalar(str(event.value), line)
    if isinstance(event, yaml.SequenceStartEvent):
        items = _until(yaml.SequenceEndEvent, events)
        return Items(tuple(_value(item, events, first_line, faults, depth + 1) for item in items), line)
    values: dict[str, Value] = {}
    lines: dict[str, int] = {}
    for key_event in _until(yaml.MappingEndEvent, events):
        key = _value(key_event, events, first_line, faults, depth + 1)
        value = _value(next(events), events, first_line, faults, depth + 1)
        if not isinstance(key, Scalar):
            faults.append(Fault("a key has to be a text", "write `key: value`", key.line))
        elif key.text in values:
            told = f"`{key.text}` is said twice (first on line {lines[key.text]})"
            faults.append(Fault(told, "keep one of the two", key.line))
        else:
            values[key.text], lines[key.text] = value, key.line
    return Keys(values, lines, line)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line if event.start_mark is not None else 0


def _not_allowed(what: str, line: int) -> YamlError:
    return YamlError(Fault(what, "write plain `key: value` lines", line))


def _until(end: type[yaml.Event], events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    """The next events, up to the one that ends a collection."""
    for event in events:
        if isinstance(event, end):
            return
        yield event


class Fields:
    """Takes values out of a mapping by key, and collects what is wrong with them.

    Each `take…` method returns None (or nothing) where the key is not there or is wrong; `faults` then says why.
    """

    def __init__(self, keys: Keys, known: Sequence[str]) -> None:
        """Note every key that is not known."""
        self._keys = keys
        self.faults = [
            Fault(
                f"`{key}` is no key that is known here{did_you_mean(key, known)}",
                f"the keys are {', '.join(known)}",
                keys.lines[key],
            )
            for key in keys.values
            if key not in known
        ]

    @property
    def first_line(self) -> int:
        """Where the mapping begins."""
        return self._keys.line

    def line(self, key: str) -> int | None:
        """The line of the key."""
        return self._keys.lines.get(key)

    def fault(self, key: str, what: str, todo: str) -> None:
        """Note what is wrong with a key's value."""
        self.faults.append(Fault(what, todo, self.line(key)))

    def text(self, key: str) -> str | None:
        """A text that is not empty, its white space folded."""
        value = self._keys.values.get(key)
        if value is None:
            return None
        if not isinstance(value, Scalar) or not value.text.strip():
            self.fault(key, f"`{key}` has to be a text", f"write `{key}: …` on one line")
            return None
        return " ".join(value.text.split())

    def texts(self, key: str, todo: str = "") -> tuple[str, ...]:
        """A list of texts; a single text is a list of one. `todo` says what to write in the place of what is none."""
        value = self._keys.values.get(key)
        if value is None:
            return ()
        items = value.values if isinstance(value, Items) else (value,)
        for item in items:
            if isinstance(item, Keys):
                quoted = 'put the sentence in quotation marks: `  - "Sentence: with a colon."`'
                self.faults.append(
                    Fault(f"this item of `{key}` holds a colon and a space, as a key does", quoted, item.line)
                )
                return ()
        texts = [" ".join(item.text.split()) for item in items if isinstance(item, Scalar)]
        if len(texts) != len(items) or not all(texts) or not texts:
            todo = todo or f"write `{key}:` and under it lines of the form `  - …`"
            self.fault(key, f"`{key}` has to be a list of texts", todo)
            return ()
        return tuple(texts)

    def choice(self, key: str, choices: Sequence[str]) -> str | None:
        """One of some words."""
        text = self.text(key)
        if text is None or text in choices:
            return text
        what = f"`{key}: {text}` is not understood{did_you_mean(text.lower(), choices)}"
        self.fault(key, what, f"say one of: {', '.join(choices)}")
        return None

    def mapping(self, key: str) -> Iterator[tuple[str, str, int]] | None:
        """The (key, text, line) triples of a mapping of texts; None where the value is a single text or not there."""
        value = self._keys.values.get(key)
        if not isinstance(value, Keys):
            return None
        return self._texts_of(key, value)

    def _texts_of(self, key: str, keys: Keys) -> Iterator[tuple[str, str, int]]:
        for name, value in keys.values.items():
            if isinstance(value, Scalar) and value.text.strip():
                yield name, " ".join(value.text.split()), keys.lines[name]
            else:
                todo = f"write `  {name}: …` on one line"
                self.faults.append(Fault(f"`{key}: {name}` has to be a text", todo, keys.lines[name]))
