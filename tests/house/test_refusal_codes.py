"""Every refusal has a code that programs may rely on: one code, one meaning, written down in docs/api.md."""

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
APPS = ("governance", "portal", "projects", "training")
CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)?")
HEAD = "| Code | What it says |"


def literal(node):
    """The string that stands there, or nothing."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def words(node):
    """The English of a translated sentence; nothing where the words come from elsewhere."""
    found = [each.value for each in ast.walk(node) if literal(each) and " " in each.value.strip()]
    return found[0] if found else None


def refusals():
    """Place, code and sentence of every `no(...)` of the portal; the gallery of components refuses nobody."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            if not re.search(r"verdicts import .*\bno\b", source) or path.name == "gallery.py":
                continue
            for call in ast.walk(ast.parse(source)):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "no":
                    code = [each.value for each in call.keywords if each.arg == "code"] or call.args[3:4]
                    yield (
                        f"{path.relative_to(ROOT)}:{call.lineno}",
                        literal(code[0]) if code else None,
                        words(call.args[0]),
                    )


def listed():
    """Code -> what docs/api.md says about it."""
    lines = (ROOT / "docs" / "api.md").read_text(encoding="utf-8").split(HEAD)[1].splitlines()
    rows = [each.strip("| ").split(" | ", 1) for each in lines if each.startswith("| `")]
    assert len({code for code, _said in rows}) == len(rows), "A code stands there twice."
    return {code.strip("`"): said.strip() for code, said in rows}


def meanings():
    """Code -> every sentence it is said with."""
    found = defaultdict(set)
    for _place, code, sentence in refusals():
        found[code] |= {sentence} - {None}
    return found


def test_every_refusal_carries_a_code_that_stands_in_the_source():
    bare = [place for place, code, _sentence in refusals() if not code or not CODE.fullmatch(code)]
    assert not bare, f"A program cannot tell these apart; give `code=`: {bare}"
    assert len(meanings()) > 200


def test_the_documentation_lists_every_code_and_no_other():
    found, told = meanings(), listed()
    missing = [f"| `{code}` | {min(found[code], default='…')} |" for code in sorted(set(found) - set(told))]
    assert not missing, "Write these into docs/api.md:\n" + "\n".join(missing)
    assert not set(told) - set(found), "No rule says these any more."


def test_a_code_means_one_thing():
    """With one sentence the documentation quotes it; where several say the same, it says in a sentence of its own what."""
    told = listed()
    for code, sentences in meanings().items():
        if len(sentences) == 1:
            assert told[code] == min(sentences), code
        else:
            assert told[code].endswith(".") and told[code] not in sentences, code


def test_no_sentence_has_two_codes_in_one_file():
    """The same words of the same rules are the same refusal."""
    found = defaultdict(set)
    for place, code, sentence in refusals():
        found[place.split(":")[0], sentence].add(code)
    twice = {key: codes for key, codes in found.items() if len(codes) > 1 and key[1]}
    assert twice == {}, twice
