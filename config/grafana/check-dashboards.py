#!/usr/bin/env python3
"""Checks the dashboards as files: no Grafana, no Prometheus, no plant needed.

    check-dashboards.py

Rules: classic schema 39 to 42 with fixed, unique uids; every query asks the variable ${DS_PROMETHEUS}; panel ids are
unique, panels do not overlap and each has a title, a description and a unit; gaps stay gaps; numbers that stand alone
are instant queries, because the last point of a range would show the old value of a dead sensor; no color that only
differs in red and green; metric names are those of docs/metrics.md. Exit code 1 when a rule is broken.
"""
import json
import pathlib
import re
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
METRICS = FOLDER.parent.parent / "docs" / "metrics.md"
RULES = FOLDER.parent / "prometheus"
DATASOURCE = {"type": "prometheus", "uid": "${DS_PROMETHEUS}"}
STANDALONE = {"stat", "bargauge", "gauge", "table"}
KNOWN_TYPES = STANDALONE | {"timeseries", "state-timeline", "heatmap", "row"}


def documented_metrics():
    """Names in the first column of the tables of docs/metrics.md, with the series a histogram has."""
    names = set()
    for line in METRICS.read_text(encoding="utf-8").splitlines():
        if line.startswith("| `gateway_"):
            cells = line.split("|")
            for name in re.findall(r"`(gateway_\w+)`", cells[1]):
                names.add(name)
                if "histogram" in cells[2]:
                    names.update(name + suffix for suffix in ("_bucket", "_sum", "_count"))
    return names


def recorded_metrics():
    """Names the recording rules make."""
    text = (RULES / "recording.rules.yml").read_text(encoding="utf-8")
    return set(re.findall(r"^\s*- record: (\S+)$", text, re.MULTILINE))


def unknown_names(expression, metrics, recorded):
    """Metric names in an expression that neither the gateway nor a recording rule has."""
    names = re.findall(r"\bgateway[:_][\w:]+", re.sub(r'"[^"]*"', '""', expression))
    return [name for name in names if name not in metrics and name not in recorded]


def is_green(color):
    """True for a color whose strongest channel is clearly green; named greens too."""
    match = re.fullmatch(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})", color)
    if match:
        red, green, blue = (int(part, 16) for part in match.groups())
        return green > red + 40 and green > blue + 40
    return "green" in color.lower()


def colors_of(value):
    """Every color anywhere below a value."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("color", "fixedColor", "iconColor", "fill") and isinstance(item, str):
                yield item
            else:
                yield from colors_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from colors_of(item)


def overlaps(first, second):
    a, b = first["gridPos"], second["gridPos"]
    return (a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"]
            and a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"])


def panel_problems(panel, metrics, recorded):
    """What is wrong with one panel that is not a row."""
    defaults = panel["fieldConfig"]["defaults"]
    for wanted in ("title", "description"):
        if not panel.get(wanted):
            yield f"has no {wanted}"
    if not defaults.get("unit"):
        yield "has no unit"
    if panel.get("datasource") != DATASOURCE:
        yield "does not ask ${DS_PROMETHEUS}"
    if panel["type"] in ("timeseries", "state-timeline") and defaults["custom"].get("spanNulls") is not False:
        yield "draws lines across gaps"
    references = [target["refId"] for target in panel["targets"]]
    if not references or len(set(references)) != len(references):
        yield "has no query, or two of the same refId"
    for target in panel["targets"]:
        if target["datasource"] != DATASOURCE:
            yield f"query {target['refId']} does not ask ${{DS_PROMETHEUS}}"
        if panel["type"] in STANDALONE and not (target["instant"] and not target["range"]):
            yield f"query {target['refId']} is not instant: it would show an old value of a series that has gone"
        for name in unknown_names(target["expr"], metrics, recorded):
            yield f"query {target['refId']} uses {name}, which docs/metrics.md does not have"


def board_problems(board, metrics, recorded):
    """What is wrong with one dashboard, as sentences."""
    if not board.get("uid") or not board.get("title"):
        yield "has no uid or title"
    if not 39 <= board.get("schemaVersion", 0) <= 42:
        yield "schemaVersion is not 39 to 42"
    if board.get("editable") is not False:
        yield "is editable"
    if board["templating"]["list"][0]["name"] != "DS_PROMETHEUS":
        yield "the first variable is not DS_PROMETHEUS"
    panels = board["panels"]
    ids = [panel["id"] for panel in panels]
    if len(set(ids)) != len(ids):
        yield "panel ids are not unique"
    for index, panel in enumerate(panels):
        where = f"panel {panel['id']} '{panel['title']}'"
        box = panel["gridPos"]
        if box["x"] + box["w"] > 24:
            yield f"{where} is wider than the page"
        for other in panels[index + 1:]:
            if overlaps(panel, other):
                yield f"{where} overlaps panel {other['id']}"
        if panel["type"] not in KNOWN_TYPES:
            yield f"{where} is of type {panel['type']}, which is not in use here"
        elif panel["type"] != "row":
            for problem in panel_problems(panel, metrics, recorded):
                yield f"{where} {problem}"
    for color in sorted(set(colors_of(board))):
        if is_green(color):
            yield f"uses the green {color}: normal is gray, and red must not be told from green"


def main():
    metrics, recorded = documented_metrics(), recorded_metrics()
    if not metrics or not recorded:
        print("check-dashboards: no metrics in docs/metrics.md or no recording rules", file=sys.stderr)
        return 1
    problems, uids = [], {}
    paths = sorted((FOLDER / "dashboards").glob("*.json"))
    for path in paths:
        board = json.loads(path.read_text(encoding="utf-8"))
        problems += [f"{path.name}: {problem}" for problem in board_problems(board, metrics, recorded)]
        if board.get("uid") in uids:
            problems.append(f"{path.name}: has the uid of {uids[board['uid']]}")
        uids[board.get("uid")] = path.name
    for path in sorted(RULES.glob("*.rules.yml")):
        code = re.sub(r"^\s*#.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        problems += [f"{path.name}: uses {name}, which docs/metrics.md does not have"
                     for name in unknown_names(code, metrics | {"gateway"}, recorded)
                     if not name.startswith("gateway.")]
    for problem in problems:
        print(problem)
    print(f"{len(paths)} dashboards, {len(problems)} problems")
    return 1 if problems or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
