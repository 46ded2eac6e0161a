"""What the rules and the programs' sources call things: alerts, series that are recorded, metrics."""
import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parents[3]
RULES = "".join(path.read_text() for path in (TOP / "deploy/prometheus").glob("rules/*.yml"))
SOURCES = "".join(path.read_text() for folder in ("common", "coordinator", "perspective")
                  for path in (TOP / folder).rglob("*.cc"))
TENANT_METRIC = re.compile(r"mpic_(coordinator|perspective)(_tenant_\w+)")  # its name is put together

ALERTS = re.findall(r"- alert: (\w+)", RULES)
CRITICAL = re.findall(r"- alert: (\w+)(?:(?!- alert:).)*?severity: critical", RULES, re.S)


def is_metric(name):
    tenant = TENANT_METRIC.fullmatch(name)
    return f'"{tenant[2] if tenant else name}"' in SOURCES


def unknown(text):
    """Alerts, metrics and recorded series in `text` that nobody has."""
    for alert in re.findall(r"(?<![.\w])Mpic[A-Z]\w+", text):
        if alert not in ALERTS:
            yield f"{alert}, which is no alert"
    for metric in re.findall(r"(?<![:\w/-])mpic_\w+(?![\w*])", text):
        if not is_metric(metric):
            yield f"{metric}, which no program has"
    for series in re.findall(r"\b\w+:mpic_\w+:\w+", text):
        if f"record: {series}\n" not in RULES:
            yield f"{series}, which no rule records"
