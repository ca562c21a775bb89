"""Reads Prometheus text from standard input, strictly, and writes what it says as JSON: the tests' independent reference."""

import json
import math
import re
import sys

from prometheus_client.parser import text_string_to_metric_families

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*\Z")
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")


def check_lines(text):
    """What the lenient parser lets pass: one TYPE for each name, before its samples, and all of a name's lines together."""
    assert text.endswith("\n"), "the last line has no end"
    types, seen, current = {}, [], None
    for line in text.split("\n")[:-1]:
        assert line and line == line.strip(), f"odd line {line!r}"
        if line.startswith("#"):
            _, word, name = line.split(" ", 3)[:3]
            assert word in ("HELP", "TYPE"), line
            if word == "TYPE":
                assert name not in types, f"{name} has two types"
                types[name] = line.split(" ")[3]
        else:
            name = re.match(r"[^{ ]+", line).group()
            base = re.sub(r"_(bucket|sum|count)\Z", "", name)
            name = base if types.get(base) == "histogram" else name
            assert name in types, f"a sample of {name} before its type"
        if name != current:
            assert name not in seen, f"the lines of {name} are not together"
            seen.append(name)
            current = name


def check_histogram(family):
    series = {}
    for sample in family.samples:
        labels = {k: v for k, v in sample.labels.items() if k != "le"}
        parts = series.setdefault(json.dumps(labels, sort_keys=True), {"buckets": []})
        if sample.name.endswith("_bucket"):
            parts["buckets"].append((float(sample.labels["le"]), sample.value))
        else:
            parts[sample.name[len(family.name) + 1:]] = sample.value
    for parts in series.values():
        bounds = [bound for bound, _ in parts["buckets"]]
        counts = [count for _, count in parts["buckets"]]
        assert bounds == sorted(set(bounds)) and bounds[-1] == math.inf, bounds
        assert counts == sorted(counts) and counts[-1] == parts["count"], counts
        assert "sum" in parts


def main():
    text = sys.stdin.buffer.read().decode("utf-8", "strict")
    check_lines(text)
    result, names = [], set()
    for family in text_string_to_metric_families(text):
        assert family.type in ("counter", "gauge", "histogram"), family
        if family.type == "histogram":
            check_histogram(family)
        for sample in family.samples:
            assert NAME.match(sample.name), sample
            assert all(LABEL.match(label) for label in sample.labels), sample
            assert family.type != "counter" or sample.name.endswith("_total"), sample
            key = (sample.name, json.dumps(sample.labels, sort_keys=True))
            assert key not in names, f"{key} comes twice"
            names.add(key)
            result.append({"name": sample.name, "labels": sample.labels, "value": repr(sample.value),
                           "type": family.type, "help": family.documentation})
    json.dump(result, sys.stdout)


main()
