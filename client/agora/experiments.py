"""Experiments: ask a question of a table, watch the search, take the model along."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agora.connection import Connection, Row, Rows, Tell
from agora.errors import Failed

OVER = {"done", "failed", "cancelled"}
FORMATS = ("skops", "onnx", "package", "notebook", "script", "mlflow")


class Experiments:
    """`agora.experiments`."""

    def __init__(self, connection: Connection) -> None:
        self._http = connection

    def list(
        self, search: str | None = None, *, status: str | None = None, use_case: str | None = None
    ) -> Iterator[Row]:
        """Those the caller sees, all pages."""
        return self._http.pages("experiments", q=search, status=status, use_case=use_case)

    def get(self, experiment: str) -> Row:
        """One experiment, its work, and what the caller may do (`can`)."""
        found: Row = self._http.get(f"experiments/{experiment}")
        return found

    def create(
        self, title: str, *, use_case: str, dataset_version: str, question: Row | None = None, **words: str
    ) -> Row:
        """
        Makes a draft. `question` holds the target, the roles of columns, the measure, the budget; a wrong
        field is named and nothing is kept. `words`: `row_meaning`, `predicted_when`.
        """
        body: dict[str, Any] = {"title": title, "use_case": use_case, "dataset_version": dataset_version}
        if question is not None:
            body["question"] = question
        made: Row = self._http.post("experiments", {**body, **words})
        return made

    def change(self, experiment: str, question: Row | None = None, **words: str) -> Row:
        """Changes parts of the question of a draft; what is not said stays. `words` as for `create`, or `dataset_version`."""
        body: dict[str, Any] = {"question": question or {}, **words}
        found: Row = self._http.post(f"experiments/{experiment}/question", body)
        return found

    def copy(self, experiment: str) -> Row:
        """Makes a new draft with the same question."""
        made: Row = self._http.post(f"experiments/{experiment}/copy")
        return made

    def advice(self, experiment: str, *, seconds: float = 300) -> Rows:
        """Lets the engine look at the table and waits for how it would ask, part by part, with its reasons."""
        self._http.post(f"experiments/{experiment}/advice")
        found: Rows = self._http.wait(
            lambda: {"parts": self._http.get(f"experiments/{experiment}/advice")},
            lambda row: all(each["state"] != "waiting" for each in row["parts"]),
            seconds=seconds,
            tell=None,
        )["parts"]
        return found

    def take_advice(self, experiment: str, *parts: str) -> Row:
        """Asks what the engine recommends: these parts of the question, all when none is named."""
        found: Row = self._http.post(f"experiments/{experiment}/take-advice", {"parts": list(parts)})
        return found

    def check(self, experiment: str) -> Row:
        """Lets the guardrails look at the question, in the background."""
        found: Row = self._http.post(f"experiments/{experiment}/checks")
        return found

    def checked(self, experiment: str, *, seconds: float = 600, tell: Tell | None = None) -> Rows:
        """Waits until the guardrails have looked, and gives what they found."""
        found = self._http.wait(
            lambda: self.get(experiment),
            lambda row: row["check_job"] is not None and row["check_job"]["state"] in OVER,
            seconds=seconds,
            tell=tell,
        )
        if found["check_job"]["state"] != "done":
            raise Failed(found["check_job"]["error"] or "The checks ended without a result.")
        return self.guardrails(experiment)

    def guardrails(self, experiment: str) -> Rows:
        """Every result of the guardrails, with why it matters and what to do."""
        found: Rows = self._http.get(f"experiments/{experiment}/checks")
        return found

    def justify(self, experiment: str, result: str, text: str) -> Row:
        """Says why one finding is right as it is; the reviewer reads it."""
        found: Row = self._http.post(f"experiments/{experiment}/justify", {"result": result, "text": text})
        return found

    def mend(self, experiment: str, result: str) -> Row:
        """Does what one finding advises (another role for its columns); the guardrails look again."""
        found: Row = self._http.post(f"experiments/{experiment}/mend", {"result": result})
        return found

    def start(self, experiment: str) -> Row:
        """Freezes the question and begins the search."""
        found: Row = self._http.post(f"experiments/{experiment}/start")
        return found

    def stop(self, experiment: str) -> Row:
        """Ends the search now and keeps the best so far."""
        found: Row = self._http.post(f"experiments/{experiment}/stop-early")
        return found

    def cancel(self, experiment: str) -> Row:
        """Ends the search and throws its result away."""
        found: Row = self._http.post(f"experiments/{experiment}/cancel")
        return found

    def finished(self, experiment: str, *, seconds: float = 3600, tell: Tell | None = None) -> Row:
        """Waits for the end of the search. Raises `Failed` when it ended without a result."""
        found = self._http.wait(
            lambda: self.get(experiment), lambda row: row["status"] in OVER, seconds=seconds, tell=tell
        )
        if found["status"] != "done":
            said = (found["job"] or {}).get("error") or f"The search is {found['status']}."
            raise Failed(said)
        return found

    def trials(self, experiment: str) -> Rows:
        """Candidates so far, the baseline among them."""
        found: Rows = self._http.get(f"experiments/{experiment}/trials")
        return found

    def result(self, experiment: str) -> Row:
        """The engine's whole result, with its summary in words (`sentences`)."""
        found: Row = self._http.get(f"experiments/{experiment}/result")
        return found

    def explain(
        self,
        experiment: str,
        what: str,
        *,
        options: Row | None = None,
        trial: str | None = None,
        other: str | None = None,
        seconds: float = 600,
    ) -> Row:
        """
        Asks a candidate, the best one unless another is named, and waits for the answer (`result`, `sentences`).
        `what`: effects, rows, whatif, change, learning, report, compare. Raises `Failed` when it gave none.
        """
        body: dict[str, Any] = {"what": what, "options": options or {}}
        body |= {name: key for name, key in (("trial", trial), ("other", other)) if key}
        asked = self._http.post(f"experiments/{experiment}/explain", body)
        found = self._http.wait(
            lambda: dict(self._http.get(f"explanations/{asked['id']}")),
            lambda row: row["status"] in {*OVER, "refused"},
            seconds=seconds,
            tell=None,
        )
        if found["status"] != "done":
            raise Failed("\n".join(found["sentences"]) or found["error"] or "The model gave no answer.")
        return found

    def decision(self, experiment: str, **given: float) -> Row:
        """How many rows to act on: by `capacity` out of `of`, or by `cost_false_positive` and `cost_false_negative`."""
        found: Row = self._http.get(f"experiments/{experiment}/decision", **given)
        return found

    def export(self, trial: str, form: str, to: str | Path = ".", *, seconds: float = 900) -> Path:
        """
        Builds a candidate in one form (`FORMATS`) and saves the zip. Raises `Failed` with the reason when
        it does not exist in that form.
        """
        made = self._http.post("exports", {"trial": trial, "format": form})
        found = self._http.wait(
            lambda: dict(self._http.get(f"exports/{made['id']}")),
            lambda row: row["status"] in {*OVER, "refused"},
            seconds=seconds,
            tell=None,
        )
        if not found["file_digest"]:
            raise Failed("\n".join(found["notes"]) or found["error"] or "The model could not be built.")
        return self._http.take(f"exports/{made['id']}/download", Path(to))
