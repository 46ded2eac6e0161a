"""Grafana's classic JSON model, as little of it as our dashboards need. In expressions, {} stands for the matchers of
the variables and [] for the rate interval; labels go inside: {verdict="corroborated"}."""
import json
import re

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
MATCHERS = 'job=~"$job", instance=~"$instance"'
WIDTH = 24  # of Grafana's grid


def expression(short, more=""):
    """`more`: matchers of a dashboard's own variables."""
    matchers = MATCHERS + (", " + more if more else "")
    long = re.sub(r"\{([^}]*)\}", lambda m: "{" + matchers + (", " + m[1] if m[1] else "") + "}", short)
    return long.replace("[]", "[$__rate_interval]")


def variable(name, label, query, multi=True):
    return {
        "name": name, "label": label, "type": "query", "datasource": DATASOURCE, "query": query,
        "definition": query, "refresh": 2, "sort": 1, "multi": multi, "includeAll": True, "allValue": ".+",
        "current": {"text": "All", "value": "$__all"},
    }


class Panel:
    """One panel: `queries` are (expression, legend) pairs, `wide` its part of 24 columns."""

    def __init__(self, kind, title, description, unit, queries, wide=6, high=7, **options):
        self.kind, self.title, self.description, self.unit = kind, title, description, unit
        self.queries, self.wide, self.high, self.options = queries, wide, high, options

    def defaults(self):
        steps = self.options.get("steps", [(None, "text")])
        custom = {"fillOpacity": 8, "lineWidth": 1, "showPoints": "never", "spanNulls": False}
        if self.options.get("stacked"):
            custom |= {"fillOpacity": 30, "stacking": {"mode": "normal"}}
        return {
            "unit": self.unit, "noValue": "none", "mappings": self.options.get("mappings", []),
            "thresholds": {"mode": "absolute", "steps": [{"value": v, "color": c} for v, c in steps]},
            "color": {"mode": "palette-classic" if self.kind == "timeseries" else "thresholds"},
            **({"custom": custom, "min": 0} if self.kind == "timeseries" else {}),
            **({"custom": {"align": "auto"}} if self.kind == "table" else {}),
            **({"decimals": self.options["decimals"]} if "decimals" in self.options else {}),
        }

    def kind_options(self):
        if self.kind == "timeseries":
            return {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}}
        if self.kind == "table":
            return {"showHeader": True}
        reduce = {"calcs": ["lastNotNull"], "fields": "", "values": False}
        if self.kind == "bargauge":
            return {"reduceOptions": reduce, "orientation": "horizontal", "displayMode": "basic"}
        return {"reduceOptions": reduce, "colorMode": "value", "graphMode": "area", "textMode": "auto"}

    def model(self, number, position, more):
        instant = self.kind != "timeseries"
        targets = [
            {"refId": chr(ord("A") + i), "datasource": DATASOURCE, "expr": expression(short, more), "legendFormat": legend,
             "instant": instant, "range": not instant, **({"format": "table"} if self.kind == "table" else {})}
            for i, (short, legend) in enumerate(self.queries)]
        return {
            "id": number, "type": self.kind, "title": self.title, "description": self.description,
            "datasource": DATASOURCE, "gridPos": position, "targets": targets,
            "fieldConfig": {"defaults": self.defaults(), "overrides": []}, "options": self.kind_options(),
            **({"transformations": [{"id": "merge", "options": {}}, {"id": "organize", "options": {
                "excludeByName": {"Time": True}}}]} if self.kind == "table" else {}),
        }


def dashboard(uid, title, description, rows, variables=(), more=""):
    """`rows` are lists of panels, each filling the width from the left."""
    panels, y = [], 0
    for row in rows:
        x = 0
        for panel in row:
            position = {"x": x, "y": y, "w": panel.wide, "h": panel.high}
            panels.append(panel.model(len(panels) + 1, position, more))
            x += panel.wide
        assert x <= WIDTH, f"{title}: a row is {x} wide"
        y += max(panel.high for panel in row)
    return {
        "id": None, "uid": uid, "title": title, "description": description, "tags": ["mpic"], "schemaVersion": 39,
        "editable": False, "graphTooltip": 1, "refresh": "30s", "time": {"from": "now-6h", "to": "now"}, "timezone": "utc",
        "links": [{"type": "dashboards", "tags": ["mpic"], "title": "mpic", "asDropdown": True, "includeVars": True,
                   "keepTime": True}],
        "templating": {"list": [
            {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "refresh": 1,
             "current": {}},
            variable("job", "Job", "label_values(mpic_build_info, job)"),
            variable("instance", "Instance", 'label_values(mpic_build_info{job=~"$job"}, instance)'),
            *variables,
        ]},
        "annotations": {"list": [{
            "name": "Alerts", "enable": True, "iconColor": "red", "datasource": DATASOURCE,
            "expr": 'ALERTS{alertname=~"Mpic.+", alertstate="firing", severity="critical"}', "titleFormat": "{{alertname}}"}]},
        "panels": panels,
    }


def text(model):
    return json.dumps(model, indent=1, ensure_ascii=False) + "\n"
