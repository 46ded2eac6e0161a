"""What dashboards, the console and rules ask Prometheus, and whether it has an answer:  expressions.py URL [SECONDS]
Every expression has to return a series. Those of alerts are asked in parts, since they return something only while
something is wrong: each selector has to return a series. SECONDS: how long to wait for what needs time."""
import json
import pathlib
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

TOP = pathlib.Path(__file__).resolve().parents[3]
VALUES = {"$__rate_interval": "1m", "$__range": "5m", "$range": "15m", "$window": "1m",
          "$job": ".+", "$instance": ".+", "$perspective": ".+"}
SELECTOR = re.compile(r"\b(?:up|(?:[a-z_]+:)?mpic_[a-z0-9_]+(?::[a-z0-9_]+)?)\b(?:\{[^}]*\})?")


def filled(query):
    for name in sorted(VALUES, key=len, reverse=True):
        query = query.replace(name, VALUES[name])
    if "$" in query:
        raise ValueError(f"a variable that nobody knows in {query}")
    return query


def of_dashboards():
    for path in sorted((TOP / "deploy/grafana").glob("*.json")):
        model = json.loads(path.read_text())
        for panel in model["panels"]:
            for target in panel["targets"]:
                yield f"{path.name}: {panel['title']}", filled(target["expr"]), None
        for annotation in model["annotations"]["list"]:
            yield f"{path.name}: {annotation['name']}", filled(annotation["expr"]), None
        for variable in model["templating"]["list"]:
            asked = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["query"])
            if asked:
                yield f"{path.name}: ${variable['name']}", filled(asked[1]), asked[2]


def of_console():
    page = (TOP / "deploy/prometheus/consoles/mpic.html").read_text()
    asked = json.loads(re.search(r'<script type="application/json" id="queries">(.+?)</script>', page, re.S)[1])
    for group in asked.values():
        for name, query in group.items():
            yield f"mpic.html: {name}", filled(query), None


def of_rules(get):
    for group in get("rules")["groups"]:
        for rule in group["rules"]:
            if rule.get("lastError"):
                raise ValueError(f"{rule['name']}: {rule['lastError']}")
            if rule["type"] == "recording":
                yield f"rule {rule['name']}", rule["name"], None
            else:
                for selector in SELECTOR.findall(rule["query"]):
                    yield f"alert {rule['name']}", selector, None


def missing(get, asked):
    """Those of `asked` that return nothing, or nothing with the wanted label."""
    for where, query, label in asked:
        result = get("query", query=query)["result"]
        if not any(label is None or label in one["metric"] for one in result):
            yield where, query, label


def main():
    url, patience = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 0

    def get(path, **parameters):
        address = f"{url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(address) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise ValueError(f"{parameters}: {json.load(error)['error']}") from error

    asked = [*of_dashboards(), *of_console(), *of_rules(get)]
    print(f"{len(asked)} expressions")
    deadline = time.monotonic() + patience
    while (left := list(missing(get, asked))) and time.monotonic() < deadline:
        time.sleep(1)
    for where, query, label in left:
        print(f"WRONG: {where}: nothing comes back of {query}{f' with {label}' if label else ''}")
    return 1 if left or len(asked) < 150 else 0


sys.exit(main())
