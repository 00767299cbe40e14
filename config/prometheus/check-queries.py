#!/usr/bin/env python3
"""Runs every PromQL expression of the dashboards and rule files against a Prometheus that scraped a running gateway.

    check-queries.py http://127.0.0.1:9090 [--wait SECONDS] [--verbose]

An expression fails when Prometheus refuses it. A dashboard panel, a dashboard variable or a recording rule also fails
when it returns nothing: a panel that is empty on a healthy plant hides a wrong name. Alerts and annotations are silent
on a healthy plant, so they only have to be accepted. NaN alone counts as nothing. With --wait, queries that fail are
repeated until the time is over, because a percentile needs two scrapes and a recording rule needs one evaluation.
Prints "N queries, N with data, N failed"; the exit code is 1 when one failed, 2 when Prometheus cannot be asked.
"""
import argparse
import json
import math
import pathlib
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

CONFIG = pathlib.Path(__file__).resolve().parent.parent
DASHBOARDS = CONFIG / "grafana" / "dashboards"
RULES = CONFIG / "prometheus"

# What Grafana would put in; the ranges fit a Prometheus that has run for a minute as well as one that has run for days.
BUILT_IN = {"__rate_interval": "1m", "__interval": "15s", "__range": "1h", "__range_s": "3600", "__interval_ms": "15000"}


@dataclass(frozen=True)
class Query:
    """One expression, where it stands, and whether an empty answer is a failure."""

    where: str
    expression: str
    needs_data: bool


class Unreachable(Exception):
    """Prometheus did not answer at all."""


def substitute(expression, variables, where):
    """Replaces $name, ${name}, ${name:format} and [[name]]; a dashboard's own variable becomes the pattern for all."""

    def value(match):
        name = match[1] or match[2] or match[3]
        if name in BUILT_IN:
            return BUILT_IN[name]
        if name not in variables:
            raise ValueError(f"{where}: the variable ${name} is not defined")
        before = expression[: match.start()].rstrip('"')
        if not before.endswith(("=~", "!~")):
            raise ValueError(f"{where}: ${name} must be matched with =~, because it may mean several values")
        return ".*"

    return re.sub(r"\$\{(\w+)(?::\w+)?\}|\$(\w+)|\[\[(\w+)(?::\w+)?\]\]", value, expression)


def panels_of(container):
    """All panels, those inside collapsed rows too."""
    for panel in container.get("panels", []):
        yield panel
        yield from panels_of(panel)


def variable_expression(definition):
    """The values of a variable as an expression: label_values(metric, label) asks for the metric by the label."""
    match = re.fullmatch(r"label_values\((.+),\s*(\w+)\)", definition)
    if match:
        return f"count by ({match[2]}) ({match[1]})"
    match = re.fullmatch(r"query_result\((.+)\)", definition)
    if match:
        return match[1]
    raise ValueError(f"cannot check the variable query {definition}")


def dashboard_queries(path):
    """Every expression of one dashboard."""
    board = json.loads(path.read_text(encoding="utf-8"))
    listed = board["templating"]["list"]
    variables = {variable["name"] for variable in listed if variable["type"] != "datasource"}
    for variable in listed:
        if variable["type"] == "query":
            query = variable["query"]
            text = query["query"] if isinstance(query, dict) else query
            where = f"{path.name}: variable {variable['name']}"
            yield Query(where, substitute(variable_expression(text), variables, where), True)
    for annotation in board.get("annotations", {}).get("list", []):
        if "expr" in annotation:
            where = f"{path.name}: annotation {annotation['name']}"
            yield Query(where, substitute(annotation["expr"], variables, where), False)
    for panel in panels_of(board):
        for target in panel.get("targets", []):
            where = f"{path.name}: panel {panel['id']} '{panel.get('title', '')}' {target.get('refId', '')}"
            yield Query(where, substitute(target["expr"], variables, where), True)


def rule_queries(base, names):
    """Every expression of the rule files, as Prometheus itself reads them: the standard library has no YAML reader."""
    groups = ask(base, "/api/v1/rules", {})["groups"]
    loaded = {pathlib.PurePath(group["file"]).name for group in groups}
    for name in sorted(set(names) - loaded):
        raise ValueError(f"{name}: Prometheus has not loaded this rule file")
    for group in groups:
        if pathlib.PurePath(group["file"]).name in names:
            for rule in group["rules"]:
                recording = rule["type"] == "recording"
                yield Query(f"{group['file']}: {rule['name']}", rule["query"], recording)
                if recording:
                    yield Query(f"{group['file']}: {rule['name']} as recorded", rule["name"], True)


def ask(base, path, parameters):
    """One call of the HTTP API; raises ValueError with Prometheus's own words when it refuses."""
    body = urllib.parse.urlencode(parameters).encode() if parameters else None
    try:
        with urllib.request.urlopen(urllib.request.Request(base + path, data=body), timeout=30) as response:
            return json.load(response)["data"]
    except urllib.error.HTTPError as error:
        text = error.read().decode("utf-8", "replace")
        try:
            raise ValueError(json.loads(text)["error"]) from None
        except (json.JSONDecodeError, KeyError):
            raise ValueError(f"HTTP {error.code}: {text[:200]}") from None
    except OSError as error:
        raise Unreachable(f"{base}{path}: {error}") from None


def has_data(answer):
    """True when the answer holds at least one number; NaN alone draws nothing."""
    if answer["resultType"] == "scalar":
        values = [answer["result"][1]]
    else:
        values = [sample["value"][1] for sample in answer["result"] if "value" in sample]
    return any(not math.isnan(float(value)) for value in values)


def run(base, query):
    """Returns (has data, reason for failure or None)."""
    try:
        data = has_data(ask(base, "/api/v1/query", {"query": query.expression}))
    except ValueError as error:
        return False, str(error)
    return data, "no data" if query.needs_data and not data else None


def collect(base):
    """All queries; a dashboard or rule file that is missing altogether is an error, not an empty list."""
    dashboards = sorted(DASHBOARDS.glob("*.json"))
    rules = [path.name for path in RULES.glob("*.rules.yml")]
    if not dashboards or not rules:
        raise ValueError(f"no dashboards in {DASHBOARDS} or no rule files in {RULES}")
    queries = list(rule_queries(base, rules))
    for path in dashboards:
        queries.extend(dashboard_queries(path))
    return queries


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", help="base URL of Prometheus, for example http://127.0.0.1:9090")
    parser.add_argument("--wait", type=float, default=0, help="seconds to repeat what fails (default 0)")
    parser.add_argument("--verbose", action="store_true", help="print every query")
    arguments = parser.parse_args()
    base = arguments.url.rstrip("/")
    deadline = time.monotonic() + arguments.wait
    try:
        queries = collect(base)
        results = {query: run(base, query) for query in queries}
        while any(reason for _, reason in results.values()) and time.monotonic() < deadline:
            time.sleep(2)
            for query, (_, reason) in list(results.items()):
                if reason:
                    results[query] = run(base, query)
    except (Unreachable, ValueError) as error:
        print(f"check-queries: {error}", file=sys.stderr)
        return 2
    for query, (data, reason) in results.items():
        if reason:
            print(f"FAILED {query.where}: {reason}\n       {' '.join(query.expression.split())}")
        elif arguments.verbose:
            print(f"{'data  ' if data else 'silent'} {query.where}: {' '.join(query.expression.split())}")
    failed = sum(1 for _, reason in results.values() if reason)
    print(f"{len(results)} queries, {sum(1 for data, _ in results.values() if data)} with data, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
