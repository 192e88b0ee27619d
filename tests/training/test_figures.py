"""Figures of lessons: their numbers come from the tables, and everybody can read them."""

import re
import shutil
from collections import Counter
from io import StringIO
from statistics import mean

import pytest
from django.core.management import CommandError, call_command
from sklearn.metrics import cohen_kappa_score

from portal.core import markdown
from tests.people import person
from training import content_files, figure_lint
from training.content_files import CurriculumError
from training.figures import scorecard, shelf, tables
from training.models import Lesson

MONTHS = "2.4-months"


@pytest.fixture
def files(tmp_path):
    """A copy of the content that a test may break."""
    return shutil.copytree(content_files.ROOT, tmp_path / "content")


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_every_figure_is_what_its_table_gives_today():
    out = StringIO()

    call_command("draw_figures", "--check", stdout=out)

    assert "nothing new" in out.getvalue()


def test_the_numbers_of_two_figures_counted_once_more_by_hand():
    figure, _drawing = shelf.read(MONTHS, "en")
    hours = [row for row in tables.rows("bike_hires") if row["mnth"] == "Jan"]
    assert figure.series[0][0] == round(mean(int(row["bikers"]) for row in hours), 1) == 55.5

    figure, _drawing = shelf.read("2.2-gap-speaks", "en")
    paid = Counter((row["Income"] == "", row["Status"]) for row in tables.rows("instalment_credit"))
    assert figure.series[0][1] == round(100 * paid[True, "bad"] / (paid[True, "bad"] + paid[True, "good"]), 1)
    assert figure.counts == [4454 - 381, 381] and figure.low[1] < figure.series[0][1] < figure.high[1]


def test_a_number_changed_by_hand_is_found_and_named(files):
    path = files / "figures" / "numbers" / f"{MONTHS}.json"
    change(path, "55.5", "75.5")

    with pytest.raises(CommandError, match=rf"out of date: figures/numbers/{MONTHS}\.json"):
        call_command("draw_figures", "--check", root=str(files))

    assert "75.5" in path.read_text()
    call_command("draw_figures", root=str(files), stdout=StringIO())
    assert "75.5" not in path.read_text()


def test_what_a_caption_says_stands_among_the_numbers_of_its_figure():
    for name, written in shelf.all_words().items():
        figure, _drawing = shelf.read(name, "en")
        known = {f"{value:,}" for values in (*figure.series, figure.low, figure.high) for value in values}
        for says in (written["says"]["en"], written["says"]["fr"].replace(",", ".")):
            for number in re.findall(r"\d+\.\d+", says):
                assert number in known, f"{name}: {number}"


@pytest.mark.parametrize("language", shelf.LANGUAGES)
def test_drawings_say_what_they_are_and_follow_the_page(language):
    for name in shelf.all_words():
        figure, drawing = shelf.read(name, language)
        assert figure.title and figure.says and len(figure.lines) == len(figure.labels)
        assert f'aria-labelledby="{name}-title {name}-says"' in drawing
        assert not re.search(r'#[0-9a-f]{3,6}"|rgb|style=|href', drawing), "colours come from the page"
        assert len(drawing.encode()) < figure_lint.MOST_BYTES


def test_drawings_lose_nothing_when_they_are_made_harmless():
    for name in shelf.all_words():
        _figure, drawing = shelf.read(name, "fr")
        shown = markdown.drawing(drawing)
        for mark in ("<rect", "<path", "<text", "<circle", "<title", "<desc", "stroke-dasharray", "viewBox"):
            assert shown.count(mark) == drawing.count(mark), f"{name}: {mark}"


def test_a_drawing_that_acts_or_loads_something_is_made_harmless():
    bad = (
        '<svg viewBox="0 0 1 1" onload="x()"><script>alert(1)</script><a href="javascript:x()"><text>T</text></a>'
        '<image href="https://else.where/a.png"/><foreignObject><iframe src="//x"></iframe></foreignObject>'
        '<rect style="fill:url(//x)" width="1"/></svg>'
    )

    shown = markdown.drawing(bad)

    assert "<text>T</text>" in shown and 'width="1"' in shown
    assert not re.search(r"script|onload|href|image|foreign|iframe|style|//", shown)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("figures/en/2.4-months.svg", "figures/en/2.4-moons.svg", r"figures/en/2\.4-moons\.svg is missing; .*draw_figures"),
        ("![Hires rise from", "![](../../figures/en/2.4-months.svg) ![Hires", "a figure stands alone on its line"),
        ("figures/en/2.4-months.svg", "figures/fr/2.4-months.svg", "speaks another language; write"),
        ("](../../figures/en/2.4-months.svg)", "](https://else.where/a.png)", "a figure stands alone on its line"),
    ],
)  # fmt: skip
def test_a_figure_that_cannot_be_shown_is_refused_with_its_line(files, old, new, message):
    path = files / "lessons" / "en" / "2.4.md"
    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if "2.4-months.svg" in text)
    change(path, old, new)

    with pytest.raises(CurriculumError, match=rf"lessons/en/2\.4\.md, line {line}: .*{message}"):
        content_files.read(files)


def test_a_figure_without_alternative_text_is_refused(files):
    path = files / "lessons" / "fr" / "2.4.md"
    path.write_text(re.sub(r"!\[[^\]]*\](\(\S*2\.4-months\.svg\))", r"![]\1", path.read_text()))

    with pytest.raises(
        CurriculumError, match=r"lessons/fr/2\.4\.md, line \d+: figure 2\.4-months has no alternative text"
    ):
        content_files.read(files)


def test_a_figure_whose_file_is_gone_too_heavy_or_mute_is_refused(files):
    (files / "figures" / "numbers" / "1.4-seesaw.json").unlink()
    change(files / "figures" / "en" / "2.4-months.svg", "</svg>", f"<desc>{'x' * 30_000}</desc></svg>")
    change(files / "figures" / "fr" / "2.2-gap-speaks.svg", "<title", "<g")

    with pytest.raises(CurriculumError) as refusal:
        content_files.read(files)

    told = str(refusal.value)
    assert "figures/numbers/1.4-seesaw.json is missing" in told
    assert "figures/en/2.4-months.svg: 3" in told and "30000 are the most" in told
    assert "figures/fr/2.2-gap-speaks.svg: no <title>" in told


def test_a_figure_shown_in_one_language_only_or_nowhere_is_refused(files):
    path = files / "lessons" / "fr" / "1.4.md"
    path.write_text(figure_lint.PLACED.sub("", path.read_text()))
    with pytest.raises(CurriculumError, match=r"lessons/fr/1\.4\.md: no figure; show one"):
        content_files.read(files)

    path = files / "lessons" / "en" / "1.4.md"
    path.write_text(figure_lint.PLACED.sub("", path.read_text()))
    with pytest.raises(CurriculumError, match=r"words\.yaml, 1\.4-seesaw: no lesson shows it"):
        content_files.read(files)


def test_a_lesson_with_fewer_figures_in_one_language_is_refused(files):
    path = files / "lessons" / "fr" / "2.4.md"
    path.write_text(figure_lint.PLACED.sub("", path.read_text(), count=1))

    with pytest.raises(CurriculumError, match=r"lessons/fr/2\.4\.md: other figures than in English"):
        content_files.read(files)


def test_every_lesson_of_the_repository_shows_a_figure_and_a_new_one_without_is_refused(files):
    read = content_files.read(files).lessons
    assert len(read) == 42 and all(
        figure_lint.PLACED.search(text["body"]) for each in read for text in each.texts.values()
    )

    for language in shelf.LANGUAGES:
        path = files / "lessons" / language / "10.4.md"
        path.write_text(figure_lint.PLACED.sub("", path.read_text()))
    with pytest.raises(CurriculumError) as refusal:
        content_files.read(files)

    for language in shelf.LANGUAGES:
        assert f"lessons/{language}/10.4.md: no figure; show one that is drawn from a real table" in str(
            refusal.value
        )


def test_the_scorecard_of_two_columns_computed_once_more_by_hand():
    seen = [
        {"a": a, "b": b, "hit": hit} for a, b, hit in ("xp1", "xq1", "yp1", "yq0", "yq0", "xq0", "yp0", "yq0")
    ]
    chance = scorecard.learned(
        seen, lambda row: row["hit"] == "1", [scorecard.column("a"), scorecard.column("b")]
    )

    # hits: 3 of 8; x among hits (2+1)/(3+2), among others (1+1)/(5+2); q among hits (1+1)/(3+2), among others (4+1)/(5+2)
    odds = (3 / 5) * ((3 / 5) / (2 / 7)) * ((2 / 5) / (5 / 7))
    assert chance({"a": "x", "b": "q"}) == pytest.approx(odds / (1 + odds))
    assert chance({"a": "never seen", "b": "never seen"}) == pytest.approx(3 / 8)


def test_three_new_figures_counted_once_more_by_hand():
    churn = tables.rows("partner_churn")
    most = sorted(churn, key=lambda row: -float(row["total_day_minutes"]))[:500]
    called, _drawing = shelf.read("3.1-who-is-called", "en")
    assert called.series[0][2] == round(sum(row["churn"] == "yes" for row in most) / 5, 1) == 48.0

    kappas, _drawing = shelf.read("10.4-beyond-chance", "en")
    said = [int(row["number_customer_service_calls"]) > 3 for row in churn]
    true = [row["churn"] == "yes" for row in churn]
    assert kappas.series[1] == [
        round(100 * cohen_kappa_score(true, marks), 1) for marks in ([False] * 5000, said)
    ] + [kappas.series[1][2]]

    year, _drawing = shelf.read("10.2-best-month", "en")
    assert year.series[0][3] == round(sum(int(row["bikers"]) for row in tables.rows("bike_hires")) / 1000)


def test_a_redrawn_figure_makes_a_new_version_of_its_lesson_only(files):
    before = {each.code: each.digest for each in content_files.read(files).lessons}
    change(files / "figures" / "en" / "2.4-months.svg", "199.3", "200.0")

    after = {each.code: each.digest for each in content_files.read(files).lessons}

    assert [code for code in before if before[code] != after[code]] == ["2.4"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "title", "number", "words"),
    [
        ("en", "A year without any campaign", "199.3", "The numbers as a table"),
        ("fr", "Une année sans aucune campagne", "199,3", "Les nombres en tableau"),
    ],
)
def test_the_page_of_a_lesson_shows_drawing_caption_and_table(
    client, curriculum, language, title, number, words
):
    user = person(language=language)
    client.force_login(user)

    page = client.get("/learning/lessons/2.4/").content.decode()

    assert page.count("<figure") == 2 and page.count("<desc") == 2
    assert title in page and words in page and page.count(number) >= 3
    assert "../../figures" not in page and "<img" not in page.split("<article")[1].split("</article>")[0]


@pytest.mark.django_db
def test_the_api_gives_a_lesson_with_its_figures(client, curriculum):
    client.force_login(person())

    found = client.get("/api/lessons/2.4/").json()["figures"]

    assert [each["name"] for each in found] == [MONTHS, "2.4-small-groups"]
    assert [each["name"] for each in found[0]["series"]] == ["Hires per hour"]
    assert found[0]["series"][0]["values"][5] == 199.3 and found[0]["labels"][5] == "Jun"
    assert found[1]["counts"][9] == 2 and found[1]["low"][9] == 34.2
    assert found[0]["svg"].startswith("<svg") and found[0]["table"] == "bike_hires"
    assert all(
        client.get(f"/api/lessons/{code}/").json()["figures"]
        for code in Lesson.objects.values_list("code", flat=True)
    )
