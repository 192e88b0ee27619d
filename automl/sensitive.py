"""Suspicions by name and pattern: attributes that law protects, and personal data."""

from __future__ import annotations

import re

import pandas as pd

ATTRIBUTES = {
    "sex": r"sex|sexe|gender|genre|male|female",
    "age": r"age|birth|birthdate|birthday|dob|naissance|date_naissance|ddn|age_cat",
    "origin": r"race|ethnic|ethnicity|ethnie|origin|origine|nationality|nationalite|"
    r"native_country|foreign_worker|country_of_birth|pays_naissance",
    "religion": r"religion|religious|confession|culte",
    "disability": r"disability|disabled|handicap|invalidite",
    "orientation": r"sexual_orientation|orientation_sexuelle",
    "family": r"marital|marital_status|civil_status|etat_civil|pregnant|pregnancy|grossesse|"
    r"situation_familiale|personal_status",
    "union": r"union_member|trade_union|syndicat",
    "politics": r"political|politique|party_affiliation",
    "health": r"health|sante|disease|maladie|diagnosis|diagnostic",
}
# Not sensitive although the words are in them: the age of a thing, a stage, a page.
HARMLESS = re.compile(r"age_(days|of_(account|building|car|vehicle|loan|policy))|mileage", re.I)
PERSONAL_NAMES = {
    "name": r"(first|last|sur|family|full|given)_?name|nom|prenom|nom_famille|name",
    "email": r"e_?mail|courriel|mail",
    "phone": r"phone|telephone|tel|mobile|portable|gsm",
    "address": r"address|adresse|street|rue",
    "iban": r"iban|account_number|numero_compte|rib",
    "national_id": r"ssn|social_security(_number)?|nir|numero_securite_sociale|passport(_number)?",
}
PATTERNS = {
    "email": re.compile(r"^[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}$"),
    "iban": re.compile(r"^[A-Z]{2}\d{2}(\s?[A-Z0-9]{4}){2,7}\s?[A-Z0-9]{0,4}$"),
    "phone": re.compile(r"^(\+|00)\d[\d\s().-]{7,16}$|^0\d([\s.-]?\d{2}){4}$"),
    "card": re.compile(r"^\d{4}([\s-]?\d{4}){3}$"),
    "national_id": re.compile(r"^[12]\s?\d{2}\s?(0[1-9]|1[0-2])\s?(\d{2}|2[AB])\s?\d{3}\s?\d{3}(\s?\d{2})?$"),
}
INSIDE = {
    "email": r"[\w.+-]+@[\w-]+\.[a-zA-Z]{2,}",
    "iban": r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}\b",
    "phone": r"(?<!\d)(?:\+\d{2}[\d\s().-]{8,14}\d|0\d(?:[\s.-]?\d{2}){4})(?!\d)",
}
SEXES = {"male", "female", "m", "f", "h", "homme", "femme", "man", "woman", "masculin", "feminin", "féminin"}
PLAIN_SEXES = SEXES - {"m", "f", "h"}


def words_of(name: str) -> str:
    """Write a column name as lower-case words joined by one underscore, without accents.

    >>> words_of("Date de Naissance"), words_of("nativeCountry")
    ('date_de_naissance', 'native_country')
    """
    import unicodedata

    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    ascii_only = unicodedata.normalize("NFKD", split).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", ascii_only.lower()).strip("_")


def _named(name: str) -> str | None:
    words = words_of(name)
    if HARMLESS.search(words):
        return None
    for attribute, pattern in ATTRIBUTES.items():
        if re.search(rf"(^|_)({pattern})(_|$)", words):
            return attribute
    return None


def _age_fits(column: pd.Series) -> bool | None:
    """Whether numbers can be ages of people: yes, no, or None for "ask"."""
    values = pd.to_numeric(column, errors="coerce").dropna()
    if len(values) < 0.5 * max(column.notna().sum(), 1) or values.empty:
        return True  # bands such as "25-40", or dates of birth
    if values.min() < 0 or values.max() > 120:
        return False  # nobody is 365 years old: days, hours or the age of a thing
    return True if 15 <= values.median() <= 90 else None


def _few_values(column: pd.Series, most: int) -> bool:
    return column.nunique() <= most


def sensitive_suspicion(name: str, column: pd.Series | None = None) -> str | None:
    """Name the protected attribute that a column's name and values point to, or None.

    Values decide where a name means several things: an age above 120 is not a person's, a
    ``genre`` with twenty values is not a sex. Values alone tell a sex written in full.

    >>> sensitive_suspicion("age"), sensitive_suspicion("age", pd.Series([28, 365, 7]))
    ('age', None)
    """
    attribute = _named(name)
    if column is None:
        return attribute
    if attribute is None:
        texts = {str(v).strip().lower() for v in column.dropna().unique()[:6]}
        return "sex" if 2 <= len(texts) <= 4 and len(texts & PLAIN_SEXES) >= 2 else None
    if sensitive_doubt(name, column) is not None:
        return None
    if attribute == "age":
        return attribute if _age_fits(column) else None
    return attribute


def sensitive_doubt(name: str, column: pd.Series) -> str | None:
    """Name the protected attribute that only a person can tell: the values fit badly.

    The age of children or of things, a ``genre`` of films, the ``origin`` of parcels.
    """
    attribute = _named(name)
    if attribute == "age":
        return attribute if _age_fits(column) is None else None
    if attribute == "sex":
        return None if _few_values(column, 6) else attribute
    if attribute in ("origin", "health"):
        numeric = pd.api.types.is_numeric_dtype(column.dtype)
        return attribute if (numeric and not _few_values(column, 12)) or column.nunique() > 300 else None
    return None


def luhn(digits: str) -> bool:
    """Whether the last digit of a card number fits the others (ISO/IEC 7812).

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    found = [int(d) for d in digits if d.isdigit()][::-1]
    doubled = [d if at % 2 == 0 else sum(divmod(2 * d, 10)) for at, d in enumerate(found)]
    return sum(doubled) % 10 == 0


def iban_fits(text: str) -> bool:
    """Whether the check digits of an account number fit (ISO 13616).

    >>> iban_fits("FR14 2004 1010 0505 0001 3M02 606"), iban_fits("FR14 2004 1010 0505 0001 3M02 607")
    (True, False)
    """
    bare = re.sub(r"\s", "", text).upper()
    turned = bare[4:] + bare[:4]
    if not turned.isalnum() or len(bare) < 12:
        return False
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def _has_text(column: pd.Series) -> bool:
    return pd.api.types.is_object_dtype(column.dtype) or isinstance(column.dtype, pd.StringDtype)


def _by_pattern(column: pd.Series) -> str | None:
    present = column.dropna()
    if pd.api.types.is_integer_dtype(column.dtype) or pd.api.types.is_float_dtype(column.dtype):
        sizes = present[(present >= 1e12) & (present < 1e16)]  # only cards and national numbers are so long
        if len(sizes) < 0.5 * max(len(present), 1) or not len(sizes) or (sizes % 1 != 0).any():
            return None
        present = sizes.astype("int64")
    elif not _has_text(column):
        return None
    sample = pd.Series(present.unique()[:200]).astype(str).str.strip()
    fits = {"card": luhn, "iban": iban_fits}
    for what, pattern in PATTERNS.items():
        matches = sample[sample.str.match(pattern)]
        if len(matches) < max(1, 0.5 * len(sample)):
            continue
        if what in fits and matches.map(fits[what]).mean() < 0.5:
            continue
        return what
    return None


def personal_suspicion(column: pd.Series) -> str | None:
    """Name the personal data that a column seems to hold, or None.

    By pattern: at least half of up to 200 distinct texts look like an e-mail address, a phone
    number, a national number, or an account or card number whose check digits fit. By name: only for text with
    more than 70 % or 200 distinct values (Logical Glue's figure), so that a category called
    "name" passes.
    """
    what = _by_pattern(column)
    if what or not _has_text(column):
        return what
    distinct, present = column.nunique(), int(column.notna().sum())
    if distinct < 20 or (distinct <= 200 and distinct < 0.7 * present):
        return None
    words = words_of(str(column.name))
    for what, known in PERSONAL_NAMES.items():
        if re.fullmatch(known, words) or re.search(rf"(^|_)({known})$", words) and what != "name":
            return what
    return None


def personal_share(column: pd.Series) -> tuple[str, float] | None:
    """What personal data stands inside of texts and in which share of them (first 5,000 rows)."""
    if not _has_text(column):
        return None
    texts = column.dropna().head(5_000).astype(str)
    shares = {what: float(texts.str.contains(pattern, regex=True).mean()) for what, pattern in INSIDE.items()}
    what = max(shares, key=lambda each: shares[each])
    return (what, shares[what]) if len(texts) and shares[what] > 0 else None
