"""What people enter about artifacts, and how they look for things in the library."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from portal.core.models import User
from projects.forms.datasets import my_use_cases
from projects.models import Artifact, Dataset, UseCase
from projects.selectors.artifacts import known_cases
from projects.selectors.library import SORTS, Asked, kind_labels
from projects.selectors.sources import picked, source_at


class SourcesPicker(forms.Textarea):
    """A search with boxes to tick, and a place for addresses; all of them come as addresses, one a line."""

    template_name = "projects/widgets/sources.html"
    user: User

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Every box that is ticked and every line that was written."""
        return "\n".join(data.getlist(name)) if hasattr(data, "getlist") else data.get(name)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """With the things behind the addresses."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        described_by = context["widget"]["attrs"].get("aria-describedby", "")
        context["widget"] |= {"picked": picked(self.user, value or ""), "described_by": described_by}
        return context


class PagesField(forms.CharField):
    """Addresses of pages of the portal, one a line; becomes (kind, key) of the things they show."""

    widget = SourcesPicker

    def to_python(self, value: Any) -> Any:
        """Raises `ValidationError` naming the first line that leads to nothing an artifact can be made from."""
        found = []
        for line in (super().to_python(value) or "").split():
            thing = source_at(line)
            if thing is None:
                said = gettext(
                    "“%(line)s” is not the page of a dataset, an experiment, a model version or an artifact."
                )
                raise forms.ValidationError(said % {"line": line[:120]})
            found.append(thing)
        return list(dict.fromkeys(found))


class TagsField(forms.CharField):
    """Words with commas between them."""

    def to_python(self, value: Any) -> Any:
        """A list."""
        return [each for each in (super().to_python(value) or "").split(",") if each.strip()]


class AboutForm(forms.Form):
    """Words about an artifact, and what it was made from."""

    title = forms.CharField(label=_("Title"), max_length=140)
    description = forms.CharField(
        label=_("What is it, and whom does it help?"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    tags = TagsField(
        label=_("Tags"), max_length=500, required=False, help_text=_("Several with commas between them.")
    )
    made_from = PagesField(
        label=_("Made from"),
        required=False,
        max_length=4000,
        help_text=_(
            "Datasets, experiments, model versions or artifacts. The strictest class of them is inherited."
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["made_from"].widget.user = user  # type: ignore[attr-defined]


class EditForm(AboutForm):
    """The same, with its class, for an artifact that stands."""

    classification = forms.ChoiceField(label=_("Classification"), choices=Dataset.Classification.choices)


class ContentForm(forms.Form):
    """The content of a version: a file, a text written here, or an address."""

    file = forms.FileField(label=_("File"), required=False, allow_empty_file=True)
    text = forms.CharField(
        label=_("or write a note"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Markdown: # for a heading, ** for bold, - for a list."),
    )
    link = forms.CharField(
        label=_("or the address of a link"),
        required=False,
        max_length=2000,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )

    def clean(self) -> dict[str, Any]:
        """One of the three, not two of them."""
        data = super().clean() or {}
        given = [name for name in ("file", "text", "link") if data.get(name)]
        if not given and not self.errors:
            self.add_error("file", _("Choose a file, write a note or give an address."))
        if len(given) > 1:
            self.add_error(given[1], _("Give one of the three: a file, a note or an address."))
        return data


class ArtifactForm(ContentForm, AboutForm):
    """A new artifact."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=Artifact.Kind.choices,
        initial=Artifact.Kind.DOCUMENT,
        help_text=_("A note, a notebook, an image, a report and an extract are shown on their page; a document of another format is offered for download."),
    )  # fmt: skip
    use_case = forms.ModelChoiceField(
        UseCase.objects.none(),
        label=_("For the use case"),
        required=False,
        help_text=_("Its squad sees it and can change it."),
    )
    classification = forms.ChoiceField(
        label=_("Classification"),
        choices=Dataset.Classification.choices,
        initial=Dataset.Classification.INTERNAL,
        help_text=_(
            "What is public or internal is seen by every colleague, the rest by you and the squad only."
        ),
    )
    field_order = [
        "title", "kind", "file", "text", "link", "use_case", "classification", "made_from", "tags", "description",
    ]  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        chosen = self["use_case"].value()
        self.fields["use_case"].queryset = my_use_cases(user, chosen)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What was written here is a note and an address is a link, where no other kind was chosen."""
        data = super().clean()
        if data.get("kind") == Artifact.Kind.DOCUMENT and (data.get("text") or data.get("link")):
            data["kind"] = Artifact.Kind.NOTE if data.get("text") else Artifact.Kind.LINK
        return data


class VersionForm(ContentForm):
    """A new state of an artifact."""

    remark = forms.CharField(label=_("What changed"), max_length=300, required=False)


class RetireForm(forms.Form):
    """Why it is put away."""

    reason = forms.CharField(
        label=_("Why"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class LibraryForm(forms.Form):
    """What is looked for. Facets set the hidden fields."""

    q = forms.CharField(
        label=_("Words"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    classification = forms.ChoiceField(
        label=_("Class"), required=False, choices=[("", "–"), *Dataset.Classification.choices]
    )
    sort = forms.ChoiceField(
        label=_("Order"), required=False, choices=[(code, label) for code, (label, _order) in SORTS.items()]
    )
    tag = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput())
    use_case = forms.UUIDField(required=False, widget=forms.HiddenInput())
    owner = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput())
    away = forms.BooleanField(required=False, widget=forms.HiddenInput())
    shared = forms.BooleanField(label=_("Shared with me"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["kind"].choices = [("", "–"), *kind_labels().items()]  # type: ignore[attr-defined]

    def clean_use_case(self) -> str:
        """One the reader may know; another is as unknown as none."""
        key = self.cleaned_data["use_case"]
        if key and not known_cases(self.user).filter(pk=key).exists():
            raise forms.ValidationError(_("There is no such use case that you see."))
        return str(key or "")

    def clean_owner(self) -> str:
        """The key of a person."""
        key = self.cleaned_data["owner"]
        try:
            return str(User._meta.pk.to_python(key)) if key else ""
        except forms.ValidationError:
            raise forms.ValidationError(_("There is no such colleague.")) from None

    @property
    def asked(self) -> Asked:
        """The question, once it is valid."""
        data = self.cleaned_data
        return Asked(
            q=data["q"], kind=data["kind"], classification=data["classification"], use_case=data["use_case"],
            owner=data["owner"], tag=data["tag"].lower(), sort=data["sort"] or "new", away="true" if data["away"] else "",
            shared="true" if data["shared"] else "",
        )  # fmt: skip
