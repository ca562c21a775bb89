"""Sums the test results of a folder of .trx files: skips with their reasons, failures by name, then one line of counts."""

import pathlib
import sys
import xml.etree.ElementTree as ElementTree

NAMESPACE = {"t": "http://microsoft.com/schemas/VisualStudio/TeamTest/2010"}


def main(folder: str) -> int:
    counts = {"Passed": 0, "Failed": 0, "NotExecuted": 0}
    files = sorted(pathlib.Path(folder).glob("*.trx"))
    for file in files:
        for result in ElementTree.parse(file).getroot().iterfind(".//t:UnitTestResult", NAMESPACE):
            outcome = result.get("outcome", "Failed")
            outcome = outcome if outcome in counts else "Failed"
            counts[outcome] += 1
            if outcome == "NotExecuted":
                reason = result.findtext(".//t:StdOut", default="", namespaces=NAMESPACE) or result.findtext(
                    ".//t:Message", default="no reason given", namespaces=NAMESPACE
                )
                print(f"skipped: {result.get('testName')}: {reason.strip()}")
            elif outcome == "Failed":
                print(f"failed: {result.get('testName')}")
    print(f"{counts['Passed']} passed, {counts['Failed']} failed, {counts['NotExecuted']} skipped")
    return 1 if counts["Failed"] or not counts["Passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
