"""The comparison of orders as a CSV file. Pure. One line is one class; a line for each order comes after them."""

import csv
from io import StringIO

from nexus_server.teaching.gradebook.csv_file import harmless
from nexus_server.teaching.order_report import OrderFigures, OrderReport

COLUMNS = ("class", "order", "students", "answers", "mastered", "mastered_per_100_answers", "from", "to")


def orders_as_csv(report: OrderReport) -> str:
    """Return the report as CSV; what is not known is empty."""
    sink = StringIO()
    table = csv.writer(sink)
    table.writerow(COLUMNS)
    for one in report.items:
        table.writerow([harmless(one.name), one.next_order.value, *_figures(one)])
    for order, figures in report.by_order.items():
        table.writerow(["", order.value, *_figures(figures)])
    return sink.getvalue()


def _figures(figures: OrderFigures) -> list[object]:
    rate, interval = figures.mastered_per_100_answers, figures.interval or ("", "")
    return [figures.students, figures.answers, figures.mastered, "" if rate is None else rate, *interval]
