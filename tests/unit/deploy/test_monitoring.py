"""The rules for Prometheus hold, and rules and dashboard ask for metrics that there are."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from nexus_server.jupyter.passing import front
from nexus_server.observability import loop_lag, metrics
from nexus_server.servers import metrics as server_metrics
from tests.plugins.server import ROOT

PLACE = ROOT / "deploy" / "monitoring"
RULES, DASHBOARD = PLACE / "nexus.rules.yml", PLACE / "nexus-dashboard.json"
PROMTOOL = shutil.which("promtool") or shutil.which("promtool", path=str(Path(sys.executable).parent))
#: what the rules are to say of a site of two servers, of which one is gone and the other one nearly full
CASES = """
rule_files: [{rules}]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {{series: 'nexus_server_up{{server="one", state="ready"}}', values: '1x20'}}
      - {{series: 'nexus_server_up{{server="two", state="ready"}}', values: '1 1 1 _x17'}}
      - {{series: 'nexus_server_up{{server="two", state="gone"}}', values: '_ _ _ 0x17'}}
      - {{series: 'nexus_capacity_learners', values: '200x20'}}
      - {{series: 'nexus_capacity_free_learners', values: '30x10 10x10'}}
      - {{series: 'nexus_server_clock_offset_seconds{{server="one"}}', values: '-45x20'}}
      - {{series: 'nexus_passed_on_total', values: '0+60x20'}}
      - {{series: 'http_request_duration_seconds_count', values: '0+100x20'}}
    alert_rule_test:
      - {{eval_time: 2m, alertname: NexusServerGone, exp_alerts: []}}
      - eval_time: 12m
        alertname: NexusServerGone
        exp_alerts: [{{exp_labels: {{server: two}}, exp_annotations: {{summary: "The server two is gone."}}}}]
      - {{eval_time: 9m, alertname: NexusSiteFull, exp_alerts: []}}
      - eval_time: 19m
        alertname: NexusSiteFull
        exp_alerts: [{{exp_annotations: {{summary: "Nine tenths of the site's room are used: add a server."}}}}]
      - eval_time: 5m
        alertname: NexusClockOff
        exp_alerts:
          - exp_labels: {{server: one}}
            exp_annotations: {{summary: "The clock of the server one is off."}}
      - eval_time: 19m
        alertname: NexusProxyIgnoresHomes
        exp_alerts:
          - exp_annotations:
              summary: "Many requests reach the wrong server: the proxy does not follow the home cookie."
"""


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed")
def test_the_rules_hold_and_fire_when_they_should(tmp_path: Path) -> None:
    cases = tmp_path / "cases.yml"
    cases.write_text(CASES.format(rules=RULES))
    for arguments in (["check", "rules", str(RULES)], ["test", "rules", str(cases)]):
        done = subprocess.run([str(PROMTOOL), *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_rules_and_dashboard_ask_for_metrics_that_there_are() -> None:
    assert front
    assert loop_lag
    assert metrics
    assert server_metrics
    panels = json.loads(DASHBOARD.read_text())["panels"]
    asked = [target["expr"] for panel in panels for target in panel["targets"]]
    names = set(re.findall(r"nexus_\w+", " ".join(asked) + RULES.read_text()))
    known = {family.name for family in REGISTRY.collect()}
    assert len(names) > 10
    assert {name for name in names if re.sub(r"_(total|sum|count|bucket)$", "", name) not in known} == set()


def test_every_alarm_is_in_the_operators_page() -> None:
    alarms = re.findall(r"alert: (\w+)", RULES.read_text())
    page = (ROOT / "docs" / "operator" / "monitoring.md").read_text()
    assert [name for name in alarms if f"`{name}`" not in page] == []
