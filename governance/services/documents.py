"""Writing paragraphs, issuing editions, taking an edition along."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _, gettext_noop as N_

from governance import renderings
from governance.manifests import digest
from governance.models import DocumentEdition, DocumentKind, ModelVersion, ParagraphText
from governance.rules import documents as rules
from governance.selectors import documents as selectors
from governance.selectors.document_plans import authored
from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from portal.core.verdicts import require

LONGEST = 6000


@transaction.atomic
def write(version: ModelVersion, *, kind: str, code: str, text: str, by: User) -> ParagraphText:
    """Write one paragraph; what stood there before stays in its history."""
    require(rules.may_write(by, version, kind))
    if code not in {part.code for part in authored(kind)}:
        raise ValidationError({"code": _("This document has no such paragraph to write.")})
    text = text.strip()
    if len(text) > LONGEST:
        raise ValidationError({"text": _("At most 6,000 characters.")})
    before = selectors.written(version, kind).get(code)
    if (before.text if before else "") == text:
        raise ValidationError({"text": _("Nothing was changed.")})
    row = ParagraphText.objects.create(
        version=version, kind=kind, code=code, text=text, written_by=by, written_at=clock.now()
    )
    audit.record("document.written", version, by=by, kind=kind, paragraph=code, length=len(text))
    return row


@transaction.atomic
def issue(version: ModelVersion, *, kind: str, by: User) -> DocumentEdition:
    """Freeze the document as it stands, in the language of whoever issues it."""
    require(rules.may_issue(by, version, kind))
    draft = selectors.compose(version, kind)
    facts = selectors.facts_digest(version, kind)
    earlier = DocumentEdition.objects.filter(version=version, kind=kind)
    language = translation.get_language() or "en"
    last = earlier.order_by("-number").first()
    if last and last.facts_digest == facts and last.language == language:
        raise ValidationError(_("Nothing has changed since edition %(n)s.") % {"n": last.number})
    number = (earlier.aggregate(last=Max("number"))["last"] or 0) + 1
    content = {**draft.content, "edition": number, "issued_on": str(clock.today()), "issued_by": str(by)}
    try:
        with transaction.atomic():
            edition = DocumentEdition.objects.create(
                version=version, kind=kind, number=number, language=language, content=content, facts_digest=facts,
                content_digest=digest(content), completeness=draft.completeness, made_by=by, made_at=clock.now(),
            )  # fmt: skip
    except IntegrityError:
        raise IllegalMove(_("Somebody issued this document a moment ago. Reload the page.")) from None
    audit.record(
        "document.issued", edition, by=by, version=str(version.pk), kind=kind, number=number, digest=edition.content_digest
    )  # fmt: skip
    notices.tell(
        [version.registered_by, version.model.use_case.product_owner],
        text=N_("Issued: %(document)s"),
        url=reverse("governance:edition_detail", args=[edition.pk]),
        icon="document",
        by=by,
        document=edition,
    )
    return edition


def download(edition: DocumentEdition, *, form: str, by: User) -> bytes:
    """The edition as a file, for the eyes of this person; each download is written down."""
    content = selectors.for_reader(edition.content, edition.version, by)
    with transaction.atomic():
        audit.record("document.downloaded", edition, by=by, form=form, kind=DocumentKind(edition.kind))
    return renderings.render(content, form, digest=edition.content_digest, language=edition.language)
