"""The graph as it stands in the database, and what is wrong with a changed one, in the reader's language."""

from collections.abc import Collection, Iterator, Sequence

from django.utils.translation import gettext as _

from training import graph
from training.models import Course, Lesson, Path


def choices() -> list[tuple[str, str]]:
    """Every node with its name: lessons, courses, exams and certificates of what is published."""
    lessons = Lesson.objects.filter(is_active=True).for_list().order_by("course__position", "position")
    found = [
        (f"lesson:{each.code}", _("Lesson %(code)s, %(title)s") % {"code": each.code, "title": each.title})
        for each in lessons
    ]
    found += [
        (f"course:{each.code}", _("Course %(title)s") % {"title": each}) for each in Course.objects.all()
    ]
    paths = list(Path.objects.filter(is_active=True).select_related("template"))
    found += [(f"path:{each.code}", _("Exam of “%(title)s”") % {"title": each.title}) for each in paths]
    return found + [
        (f"certificate:{each.code}", _("Certificate “%(title)s”") % {"title": each.template.title})
        for each in paths
    ]


def implied(nodes: Collection[str]) -> list[graph.Rule]:
    """What follows from courses, paths and certificates themselves."""
    rules = []
    by_course: dict[str, list[str]] = {}
    for course, code in Lesson.objects.filter(is_active=True).values_list("course__code", "code"):
        by_course.setdefault(course, []).append(f"lesson:{code}")
    for course, lessons in sorted(by_course.items()):
        rules.append(graph.Rule(f"course:{course}", graph.REQUIRES, tuple(sorted(lessons))))
    paths = Path.objects.filter(is_active=True).select_related("template__requires")
    for path in paths.prefetch_related("items__lesson"):
        exam = f"path:{path.code}"
        required = [each for each in path.items.all() if each.is_required and each.lesson.is_active]
        before = [f"lesson:{each.lesson.code}" for each in required]
        if path.template.requires:
            before.append(f"certificate:{path.template.requires.code}")
        rules.append(graph.Rule(exam, graph.REQUIRES, tuple(before)))
        rules.append(graph.Rule(f"certificate:{path.code}", graph.REQUIRES, (exam,)))
    return [rule for rule in rules if rule.node in nodes]


def problems(rules: Sequence[graph.Rule]) -> Iterator[str]:
    """Each mistake of these rules together with what the curriculum itself asks for."""
    names = dict(choices())
    for rule in rules:
        yield from odd(rule, names)
    if any(rule.kind not in graph.KINDS for rule in rules):
        return
    whole = [*rules, *implied(names)]
    if circle := graph.find_circle(whole):
        path = " → ".join(names.get(each, each) for each in circle)
        yield _("This would be a circle: %(path)s. Take one of these arrows away.") % {"path": path}
        return
    closed = sorted(set(names) - graph.reachable(set(names), whole))
    if closed:
        listed = ", ".join(names[each] for each in closed[:5])
        yield _("Nobody could ever reach: %(names)s.") % {"names": listed}


def odd(rule: graph.Rule, names: Collection[str]) -> Iterator[str]:
    """What is wrong with one rule by itself."""
    if rule.kind not in graph.KINDS:
        yield _("“%(kind)s” is no kind of rule; use requires, recommends or any_of.") % {"kind": rule.kind}
        return
    for each in (rule.node, *rule.of):
        if each not in names:
            yield _("There is no “%(name)s”.") % {"name": each}
    if not rule.of or len(set(rule.of)) != len(rule.of):
        yield _("%(node)s: name at least one thing before it, and each once.") % {"node": rule.node}
    if rule.node in rule.of:
        yield _("%(node)s cannot stand before itself.") % {"node": rule.node}
    if rule.kind == graph.ANY_OF and not 0 < rule.least <= len(rule.of):
        yield _("%(node)s: “at least” lies between 1 and %(most)s.") % {
            "node": rule.node,
            "most": len(rule.of),
        }
