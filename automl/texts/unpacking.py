"""What the reading of a bundle of a whole project says."""
# ruff: noqa: E501 - one sentence per line reads better here than wrapped halves

from automl.texts.marks import N_

UNPACK = {
    "bundle_no_zip": N_(
        "This is no zip archive, or it was cut off. Send the file again as it was downloaded."
    ),
    "bundle_foreign": N_(
        "This zip is no bundle of a project: its manifest.json is missing or says something else."
    ),
    "bundle_version": N_(
        "This bundle has format version %(found)s; this portal reads version %(known)s. Have it made again by a portal of the same version."
    ),
    "bundle_too_many": N_("The zip holds more than %(limit)s files."),
    "bundle_too_large": N_("Unpacked, the zip is larger than %(limit)s MB."),
    "bundle_ratio": N_("“%(entry)s” unpacks to far more than it should. Nothing of the zip is used."),
    "bundle_name": N_("“%(entry)s” is no name that a bundle has. Nothing of the zip is used."),
    "bundle_twice": N_("“%(entry)s” is in the zip twice. Nothing of it is used."),
    "bundle_missing": N_("“%(entry)s” is missing in the zip. Send the file again as it was downloaded."),
    "bundle_extra": N_("“%(entry)s” is in the zip but not in its manifest. Nothing of it is used."),
    "bundle_damaged": N_(
        "“%(entry)s” is not what the manifest says: its SHA-256 or its size is another one."
    ),
    "bundle_json": N_("“%(entry)s” cannot be read."),
}
