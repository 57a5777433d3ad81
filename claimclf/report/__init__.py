"""Reports: an evaluation → files to read, to compute with and to compare.

`write_report` fills a folder with `report.html`, `report.md`, `metrics.json`, `predictions.parquet`
and `judgements.parquet`; `compare_runs` reads such folders back.
"""

from claimclf.report.comparison import compare_runs
from claimclf.report.page import report_page
from claimclf.report.tables import report_markdown
from claimclf.report.writing import write_report

__all__ = ["compare_runs", "report_markdown", "report_page", "write_report"]
