"""The curriculum as a whole, and what is said when an author breaks it: file, place and remedy."""

import shutil
from collections import Counter

import pytest
import yaml

from training import content_files, content_lint
from training.content_files import CurriculumError


@pytest.fixture
def files(tmp_path):
    """A copy of the content that a test may break."""
    return shutil.copytree(content_files.ROOT, tmp_path / "content")


@pytest.fixture(scope="module")
def real():
    """The curriculum of the repository."""
    return content_files.read()


def change_yaml(path, change):
    entries = yaml.load(path.read_text(), Loader=content_files.LOADER)
    change(entries)
    path.write_text(yaml.safe_dump(entries, allow_unicode=True))


def change_text(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def one(entries, uid):
    return next(entry for entry in entries if entry["uid"] == uid)


def path_of(top, code):
    return next(entry for entry in top["paths"] if entry["code"] == code)


def test_the_curriculum_of_the_repository_has_no_mistake(real):
    assert len(real.lessons) == 42 and len(real.courses) == 10
    assert {path["level"] for path in real.paths} == {1, 2, 3}


def test_every_objective_holds_at_least_four_exam_questions_of_several_kinds(real):
    kinds = {}
    for question in real.questions:
        if question.use == "exam":
            kinds.setdefault(question.objective, []).append(question.kind)
    assert all(len(found) >= 4 and len(set(found)) >= 2 for found in kinds.values())
    assert len(kinds) == 42


def test_the_bank_holds_three_times_what_any_exam_draws_of_an_objective(real):
    held = Counter(each.objective for each in real.questions if each.use == "exam")
    drawn = [row for path in real.paths for row in path["exam"]["blueprint"].items()]
    assert {objective for objective, count in drawn if held[objective] < 3 * count} == set()
    assert len(drawn) > 50


@pytest.mark.parametrize("code", ["ai-aware", "certified-builder", "expert-reviewer"])
def test_the_exam_of_a_level_is_long_enough_to_tell(real, code):
    assert sum(path_of({"paths": real.paths}, code)["exam"]["blueprint"].values()) >= 24


def test_a_bank_with_one_question_too_few_is_refused_with_file_line_and_what_to_do(files):
    change_yaml(files / "questions" / "C9.yaml", lambda entries: entries.remove(one(entries, "c9-who")))
    text = (files / "paths.yaml").read_text().splitlines()
    short = next(n for n, line in enumerate(text, 1) if "review-checklist: 4, independence: 2" in line)

    with pytest.raises(CurriculumError) as refusal:
        content_files.read(files)

    told = str(refusal.value).splitlines()
    assert told[0] == (
        f"paths.yaml, line {short}, exam of model-reviewer: the bank holds 5 questions for “independence”,"
        " 2 are drawn; write 1 more with use: exam in questions/C9.yaml, or draw 1"
    )
    assert len(told) == 2 and "exam of expert-reviewer" in told[1]


def test_lessons_stay_within_the_length_that_can_be_read(real):
    for lesson in real.lessons:
        assert 600 <= len(lesson.texts["en"]["body"].split()) <= 1200
        assert lesson.minutes <= 35


def test_the_right_option_is_not_given_away_by_its_length(real):
    longest = 0
    singles = [each for each in real.questions if each.kind == "single"]
    for question in singles:
        lengths = {each["key"]: len(each["text"]["en"]) for each in question.content["options"]}
        right = lengths.pop(question.answer["choice"])
        longest += right > 1.1 * max(lengths.values())
    assert longest < len(singles) / 3


def test_true_and_false_are_both_met_often_enough(real):
    values = Counter(each.answer["value"] for each in real.questions if each.kind == "true_false")
    assert min(values[True], values[False]) > sum(values.values()) / 3


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "](../5.1/)",
            "](../5.9/)",
            r"lessons/en/5\.3\.md, line \d+: the link \.\./5\.9/ leads to no lesson",
        ),
        ("](../5.1/)", "](http://x.y)", r"5\.3\.md, line \d+: .* neither a lesson \(\.\./5\.1/\) nor https"),
        ("[5.1](", "![5.1](", r"5\.3\.md, line \d+: a figure stands alone on its line"),
        ("c5-check-leak", "c5-check-lake", r"lessons/en/5\.3\.md: no check “c5-check-lake” belongs"),
        ("[[check: c5-check-leak]]", "", r"lessons/en/5\.3\.md: no check; add a line"),
        ("c5-check-leak", "c5-check-profile", r"the check “c5-check-leak” is not shown"),
        ("minutes: 22", "minutes: 50", r"5\.3\.md: 50 minutes; divide it"),
        ("topics: [", "topics: [duplicates, ", r"“duplicates” leads to two lessons"),
        ("course: C5", "course: C55", r"5\.3\.md: no such course: C55"),
        ("position: 53", "position: [5", r"lessons/en/5\.3\.md, front matter"),
    ],
)
def test_a_broken_lesson_is_refused_with_its_file_and_what_to_do(files, old, new, message):
    change_text(files / "lessons" / "en" / "5.3.md", old, new)

    with pytest.raises(CurriculumError, match=message):
        content_files.read(files)


def test_a_link_is_named_with_its_line(files):
    path = files / "lessons" / "fr" / "1.4.md"
    number = next(n for n, line in enumerate(path.read_text().splitlines(), 1) if "](../6.4/)" in line)
    change_text(path, "](../6.4/)", "](../66.4/)")

    with pytest.raises(CurriculumError, match=rf"lessons/fr/1\.4\.md, line {number}: "):
        content_files.read(files)


@pytest.mark.parametrize(
    ("cut", "message"), [(200, r"200 words; a lesson has 600 to 1200"), (1500, r"1500 words; a lesson has")]
)
def test_a_lesson_too_short_or_too_long_is_refused(files, cut, message):
    path = files / "lessons" / "en" / "2.2.md"
    head = content_files.FRONT.match(path.read_text())[1]
    path.write_text(f"---\n{head}\n---\n[[check: c2-check-quality]]\n\n{'word ' * cut}\n")

    with pytest.raises(CurriculumError, match=rf"lessons/en/2\.2\.md: {message}"):
        content_files.read(files)


def test_a_translation_without_original_is_refused(files):
    (files / "lessons" / "fr" / "9.9.md").write_text("---\ncode: x\n---\nTexte\n")

    with pytest.raises(CurriculumError, match=r"lessons/fr/9\.9\.md: lessons/en/9\.9\.md is missing"):
        content_files.read(files)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("All of the above", "en"),
        ("None of the above", "en"),
        ("Toutes les réponses", "fr"),
        ("Aucune des réponses", "fr"),
    ],
)
def test_options_that_point_to_other_options_are_refused(files, text, language):
    change_yaml(
        files / "questions" / "C2.yaml",
        lambda entries: one(entries, "c2-row-what")["options"][0].update({language: text}),
    )

    with pytest.raises(CurriculumError, match="c2-row-what: .* does not survive shuffling"):
        content_files.read(files)


def test_two_options_alike_are_refused(files):
    def repeat(entries):
        first, second = one(entries, "c2-row-what")["options"][:2]
        second["en"] = first["en"]

    change_yaml(files / "questions" / "C2.yaml", repeat)

    with pytest.raises(CurriculumError, match=r"c2-row-what: .* stands twice \(en\)"):
        content_files.read(files)


def test_a_use_that_does_not_exist_is_refused(files):
    change_yaml(
        files / "questions" / "C2.yaml", lambda entries: one(entries, "c2-row-what").update(use="quiz")
    )

    with pytest.raises(CurriculumError, match="c2-row-what: use is “quiz”; write check, practice or exam"):
        content_files.read(files)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda p: p["exam"]["blueprint"].update({"upkeep": 4}),
            "holds 6 questions for “upkeep”, 4 are drawn",
        ),
        (lambda p: p["exam"]["blueprint"].update({"magic": 1}), "no such objective: magic"),
        (lambda p: p["lessons"].remove("7.4"), "asks for “upkeep”, but lesson 7.4 is not on the path"),
        (lambda p: p["lessons"].append("7.7"), "no such lesson: 7.7"),
        (lambda p: p["certificate"].update(right="fly"), "no such right: fly; use one of"),
        (lambda p: p["certificate"].update(requires="expert-reviewer"), "does not stand before it"),
        (lambda p: p["titles"].pop("fr"), "titles has no text in fr"),
        (lambda p: p["certificate"]["demonstrates"].pop("fr"), "demonstrates has no text in fr"),
    ],
)
def test_a_path_nobody_could_finish_is_refused(files, change, message):
    change_yaml(files / "paths.yaml", lambda top: change(path_of(top, "certified-builder")))

    with pytest.raises(CurriculumError, match=message):
        content_files.read(files)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c["objectives"].pop(), r"'base-rate'|no such|no objective names it"),
        (lambda c: c["objectives"][0]["labels"].pop("fr"), "row-target-clock: labels has no text in fr"),
        (lambda c: c["objectives"][0].update(lesson="2.9"), "no such lesson: 2.9"),
        (
            lambda c: c["objectives"].append(
                {"code": "new", "labels": {"en": "a", "fr": "b"}, "lesson": "2.1"}
            ),
            "objective new: no exam question asks for it",
        ),
    ],
)
def test_a_broken_objective_is_refused(files, change, message):
    change_yaml(
        files / "paths.yaml",
        lambda top: change(next(each for each in top["courses"] if each["code"] == "C2")),
    )

    with pytest.raises(CurriculumError, match=message):
        content_files.read(files)


def test_all_mistakes_are_told_at_once(files):
    change_text(files / "lessons" / "en" / "5.3.md", "](../5.1/)", "](../5.9/)")
    change_text(files / "lessons" / "fr" / "1.4.md", "](../6.4/)", "](../66.4/)")

    with pytest.raises(CurriculumError) as refusal:
        content_files.read(files)

    assert len(str(refusal.value).splitlines()) == 2


def test_the_words_banned_in_options_are_found_in_both_languages():
    assert content_lint.BANNED.search("none of the above")
    assert not content_lint.BANNED.search("Neither of them")
