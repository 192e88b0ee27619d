"""Rules of a policy, answers to a request, and whether anything followed from them."""

from governance.models import Deployment, ModelVersion
from tests.governance import factories as f

YES = {"answer": "approve", "checklist": f.CHECKLIST}


def nothing_happened(request):
    request.refresh_from_db()
    version = ModelVersion.objects.get(pk=request.version_id)
    assert request.state == "open" and version.status == "submitted"
    assert not Deployment.objects.exists()
