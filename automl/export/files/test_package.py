"""Does this package still answer as it did when it was exported?  python test_package.py"""

from __future__ import annotations

import json
import unittest

import pandas as pd
from score import HERE, scorer


class Answers(unittest.TestCase):
    """The example rows get the scores that were computed at the export."""

    def test_the_example_rows_get_the_recorded_scores(self) -> None:
        """Equal to nine digits; the same processor gives the same bits."""
        rows = pd.DataFrame(json.loads((HERE / "example_rows.json").read_text()), dtype=object)
        wanted = pd.DataFrame(json.loads((HERE / "example_scores.json").read_text()))
        model = scorer()
        checked, _warnings, errors = model.validate(rows)
        self.assertEqual(errors, [])
        found = model.predict(checked)
        self.assertEqual(list(found.columns), list(wanted.columns))
        pd.testing.assert_frame_equal(found, wanted, check_dtype=False, rtol=1e-9, atol=1e-12)


if __name__ == "__main__":
    unittest.main()
