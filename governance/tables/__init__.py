"""The lists of governance as tables."""

from governance.tables.lists import DeploymentTable, FindingTable, ModelTable

__all__ = ["DeploymentTable", "FindingTable", "ModelTable"]
