"""Settings, `.env.example` and the table in docs/operations.md name the same variables."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def names(path, pattern):
    return set(re.findall(pattern, (ROOT / path).read_text(), flags=re.MULTILINE))


def read_by_settings():
    return names("portal/settings.py", r'\benv\.\w+\(\s*"([A-Z0-9_]+)"')


def test_the_example_lists_every_variable_and_no_other():
    assert names(".env.example", r"^([A-Z0-9_]+)=") == read_by_settings()


def test_the_manual_explains_every_variable_and_no_other():
    assert names("docs/operations.md", r"^\| `([A-Z0-9_]+)` \|") == read_by_settings()
