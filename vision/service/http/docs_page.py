"""The API's documentation as one page without scripts: made of the OpenAPI document and the list of problems."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from candidates.errors import CandidatesError
from vision.errors import FotoNetralError, Language
from vision.messages import words_of
from vision.service.http.bodies import Schema
from vision.service.http.problems import TITLED, status_of

STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h2 { margin-top: 2.5rem; }
code, .method { font-family: ui-monospace, monospace; font-size: .95em; overflow-wrap: anywhere; }
.method { font-weight: bold; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8886; }
:target { outline: 2px solid currentColor; }
"""


def page(document: Schema, language: Language) -> str:
    """Return the page as HTML; the routes are told in English, the problems in the language asked for."""
    routes = "\n".join(_routes(document))
    problems = "\n".join(_problems(language))
    title = f"FotoNetral {escape(document['info']['version'])}"
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}: API</title>
<link rel="stylesheet" href="/docs.css"></head>
<body>
<h1>{title}: API</h1>
<p>The whole of it, for programs: <a href="/openapi.json">/openapi.json</a>.</p>
{routes}
<h2>Problems</h2>
<table lang="{language}"><thead><tr><th>code</th><th>status</th><th></th></tr></thead><tbody>
{problems}
</tbody></table>
</body></html>
"""


def _routes(document: Schema) -> Iterator[str]:
    for path, operations in document["paths"].items():
        for method, told in operations.items():
            yield f'<h2><span class="method">{method.upper()}</span> <code>{escape(path)}</code></h2>'
            yield f"<p>{_text(told.get('description') or told.get('summary', ''))}</p>"
            if parameters := told.get("parameters"):
                rows = "".join(_parameter(one) for one in parameters)
                yield f"<table><tbody>{rows}</tbody></table>"
            for media_type, body in told.get("requestBody", {}).get("content", {}).items():
                name = body.get("schema", {}).get("$ref", "").rpartition("/")[2]
                fields = ", ".join(document["components"]["schemas"].get(name, {}).get("properties", {}))
                yield f"<p><code>{escape(media_type)}</code> {escape(fields)}</p>"
            answers = "".join(_answer(status, one) for status, one in told["responses"].items())
            yield f"<table><tbody>{answers}</tbody></table>"


def _parameter(one: Schema) -> str:
    told = one.get("description") or one.get("schema", {}).get("description", "")
    return f"<tr><td><code>{escape(one['name'])}</code></td><td>{escape(one['in'])}</td><td>{_text(told)}</td></tr>"


def _answer(status: str, one: Schema) -> str:
    kinds = ", ".join(f"<code>{escape(kind)}</code>" for kind in one.get("content", {}))
    return f"<tr><td>{escape(status)}</td><td>{_text(one['description'])}</td><td>{kinds}</td></tr>"


def _problems(language: Language) -> Iterator[str]:
    told = _of_the_engine() | dict(words_of("service.problem", language))
    for code, words in sorted(told.items()):
        yield f'<tr id="{code}"><td><code>{code}</code></td><td>{status_of(code)}</td><td>{_text(words)}</td></tr>'


def _of_the_engine() -> dict[str, str]:
    """Return the codes of the engine and the gallery, with what their classes say of themselves."""
    found: dict[str, str] = {}
    waiting: list[type[FotoNetralError | CandidatesError]] = [FotoNetralError, CandidatesError]
    while waiting:
        kind = waiting.pop()
        if kind.code.partition(".")[0] in TITLED:
            found[kind.code] = (kind.__doc__ or "").partition("\n")[0]
        waiting += kind.__subclasses__()
    return found


def _text(text: str) -> str:
    """Return a text as HTML, what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
