"""What the figures of `make bench` are made of: CPU time and memory of processes, a value and its baseline
taken alternately, and the table.

A ratio of two programs that share a machine means something only when both met the same machine: alternate()
takes A B A B ..., and what is compared are medians. CPU time is the kernel's account of a whole process, in
nanoseconds, so that it does not matter who else ran.
"""
import dataclasses
import json
import statistics
import time


def cpu_seconds(pid):
    """CPU time of the process, all its threads, those that have ended among them."""
    return time.clock_gettime((~pid << 3) | 2)  # the kernel's name for the CPU clock of another process


def resident_octets(pid):
    """Memory of the process that is in RAM."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    raise RuntimeError(f"process {pid} has no VmRSS")


@dataclasses.dataclass(frozen=True)
class Figure:
    """A line of the table. What is held against bar and aim is the ratio, or the value where there is no
    baseline."""
    name: str
    value: float
    baseline: float | None
    ratio: float | None
    unit: str
    bar: float | None = None
    aim: float | None = None
    at_most: bool = True  # bar and aim are upper bounds; else lower ones
    more: dict = dataclasses.field(default_factory=dict)  # further keys of the JSON line

    @property
    def verdict(self):
        """aim, bar, MISSED, or nothing where there is no bar."""
        judged = self.value if self.ratio is None else self.ratio
        for name, bound in (("aim", self.aim), ("bar", self.bar)):
            if bound is not None and (judged <= bound if self.at_most else judged >= bound):
                return name
        return "" if self.bar is None and self.aim is None else "MISSED"


def single(name, value, unit, bar=None, aim=None, at_most=True, **more):
    """A figure without a baseline."""
    return Figure(name, value, None, None, unit, bar, aim, at_most, more)


@dataclasses.dataclass(frozen=True)
class Pairs:
    """What alternate() measured: the runs of the baseline, and those of what is compared with it."""
    baselines: list
    values: list

    def figure(self, name, unit, bar=None, aim=None, at_most=True, of=float, **more):
        """`of` takes the number out of a run, where a run is more than a number."""
        baselines = [of(run) for run in self.baselines]
        values = [of(run) for run in self.values]
        value, baseline = statistics.median(values), statistics.median(baselines)
        ratios = [v / b for v, b in zip(values, baselines)]
        return Figure(name, value, baseline, value / baseline, unit, bar, aim, at_most,
                      {"value_min": min(values), "value_max": max(values),
                       "baseline_min": min(baselines), "baseline_max": max(baselines),
                       "ratio_min": min(ratios), "ratio_max": max(ratios), **more})


def alternate(baseline, value, pairs=5):
    """Calls baseline() and value() in turn, first once each to warm up."""
    baseline()
    value()
    measured = Pairs([], [])
    for _ in range(pairs):
        measured.baselines.append(baseline())
        measured.values.append(value())
    return measured


def _text(number):
    if number is None:
        return "-"
    if abs(number) >= 100:
        return f"{number:.0f}"
    return f"{number:.3g}"


def _spread(figure):
    kind = "value" if figure.ratio is None else "ratio"
    if f"{kind}_min" not in figure.more:
        return "-"
    return f"{_text(figure.more[kind + '_min'])}..{_text(figure.more[kind + '_max'])}"


def _bounds(figure):
    sign = "<=" if figure.at_most else ">="
    return " ".join(f"{sign} {_text(bound)}" if bound is not None else "-"
                    for bound in (figure.bar, figure.aim))


def print_table(figures, file=None):
    """As Markdown, aligned, so that it can stand in a README as it is."""
    head = ("figure", "value", "baseline", "ratio", "min..max", "bar, aim", "reached", "unit")
    rows = [head, tuple("---" for _ in head)]
    rows += [(figure.name, _text(figure.value), _text(figure.baseline), _text(figure.ratio),
              _spread(figure), _bounds(figure), figure.verdict, figure.unit) for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    for row in rows:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |",
              file=file)


def print_json(figures, file=None):
    """A line a figure."""
    for figure in figures:
        print(json.dumps({"figure": figure.name, "value": figure.value, "baseline": figure.baseline,
                          "ratio": figure.ratio, "unit": figure.unit, "bar": figure.bar,
                          "aim": figure.aim, "reached": figure.verdict, **figure.more}), file=file)
