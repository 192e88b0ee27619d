"""What reading and describing a table says."""
# ruff: noqa: E501 - one sentence per line reads better here than wrapped halves

from automl.texts.marks import N_

INGEST = {
    "empty_file": N_("The file is empty. Export the table again and upload it."),
    "header_only": N_("The file has column names but no rows. Export it again with the rows."),
    "single_column": N_(
        "Only one column was found (%(column)s). Check the separator: comma, semicolon and tab are understood."
    ),
    "duplicate_header": N_(
        "Two columns have the same name, %(column)s and %(other)s (upper and lower case count as equal). Rename one of them."
    ),
    "empty_header": N_("Column number %(position)s has no name. Give every column a name in the first row."),
    "header_too_long": N_(
        "The name of column number %(position)s is longer than %(limit)s characters. Shorten it."
    ),
    "header_control_character": N_(
        "The name of column number %(position)s holds a line break or another control character. Rename it."
    ),
    "ragged_rows": N_(
        "Row %(row)s has %(found)s values but the header has %(expected)s. Check for a missing or extra separator in this row."
    ),
    "binary_content": N_("This is no table: it looks like a %(looks_like)s. Upload CSV, XLSX or Parquet."),
    "undecodable_bytes": N_(
        "The text is damaged at byte %(offset)s: it is not valid %(encoding)s. Save the file again as UTF-8."
    ),
    "mixed_encodings": N_(
        "Row %(row)s is not written in UTF-8, but other rows are: parts of two files were joined. Save the whole table again as UTF-8."
    ),
    "nul_bytes": N_(
        "The text holds a NUL character at byte %(offset)s. Export the file again as plain text."
    ),
    "too_many_rows": N_("The table has more than %(limit)s rows. Upload a part of it or a sample."),
    "too_many_columns": N_(
        "The table has %(found)s columns; at most %(limit)s are allowed. Leave out columns that are not needed."
    ),
    "cell_too_long": N_(
        "A value in row %(row)s is longer than %(limit)s characters. Perhaps a quotation mark is never closed."
    ),
    "unclosed_quote": N_(
        "A quotation mark is opened in row %(row)s and never closed. Close it or remove it."
    ),
    "bad_quote": N_(
        "Row %(row)s has text right after a closing quotation mark. Double the marks inside a value."
    ),
    "corrupt_xlsx": N_(
        "The workbook is damaged and cannot be read. Open it in a spreadsheet and save it again as .xlsx."
    ),
    "encrypted_xlsx": N_("The workbook is protected by a password. Save it without one."),
    "legacy_xls": N_("This is an old .xls workbook. Save it as .xlsx or CSV."),
    "xlsx_bomb": N_(
        "The workbook unpacks to %(megabytes)s MB in %(entries)s parts, more than is allowed. Save the sheet as CSV."
    ),
    "xlsx_macros": N_("The workbook holds macros. Save it as .xlsx without macros."),
    "xlsx_no_sheet": N_("The workbook has no visible sheet with cells."),
    "corrupt_parquet": N_("The Parquet file is damaged and cannot be read. Write it again."),
    "encrypted_parquet": N_("The Parquet file is encrypted. Write it without encryption."),
    "bad_json": N_('Line %(row)s is no JSON object. Write one object such as {"age": 41} on each line.'),
    "xlsx_other_sheet": N_("There is no visible sheet %(sheet)s. The workbook has: %(sheets)s."),
    "skipped_rows": N_("%(count)s rows with another number of values were left out: rows %(rows)s."),
    "column_type": N_(
        "Column %(column)s holds values of type %(type)s. Only numbers, text, yes/no and dates are understood."
    ),
    "table_too_large": N_("The table needs more than %(megabytes)s MB of memory. Upload a part of it."),
    "out_of_memory": N_("The file needs more memory than is allowed. Upload a smaller part of it."),
    "formula_cells": N_(
        "%(count)s cells look like spreadsheet formulas, first in row %(row)s (columns %(columns)s). They are kept as text and never run."
    ),
    "decimal_comma": N_("Decimal commas were read as numbers in: %(columns)s. Check a few values."),
    "guessed_encoding": N_("The text is not UTF-8; it was read as %(encoding)s. Check names with accents."),
    "other_sheets": N_("Only the sheet %(sheet)s was read; %(count)s other sheets were left out."),
    "error_cells": N_("%(count)s cells hold a spreadsheet error such as #REF!; they count as missing."),
    "empty_columns": N_("%(count)s columns hold no value at all: %(columns)s."),
}
PROFILE = {
    "sentinel": N_(
        '%(value)s stands in a large part of %(column)s and far from the other values: it may mean "unknown".'
    ),
    "numeric_text": N_(
        "%(column)s is text but almost all values are numbers; the others (%(others)s) count as missing."
    ),
    "ambiguous_date": N_("Day and month of %(column)s can be read both ways; %(format)s was used. Check it."),
    "role_constant": N_("%(column)s has the same value everywhere and says nothing."),
    "role_personal": N_(
        "%(column)s looks like personal data (%(what)s). Use it only if the purpose needs it."
    ),
    "role_identifier": N_("%(column)s names each row; a model must not learn names by heart."),
    "role_sensitive": N_(
        "The name %(column)s points to an attribute that law protects (%(attribute)s). It is kept for the fairness check, not for predicting."
    ),
    "role_mostly_missing": N_("%(column)s is empty almost everywhere."),
    "role_text": N_("%(column)s is free text; only its length and number of words are used."),
    "role_feature": N_("%(column)s can help to predict."),
    "dropped_constant": N_("%(column)s has one value in the training rows and was left out."),
    "dropped_identifier": N_("%(column)s names the rows and was left out."),
    "dropped_mostly_missing": N_("%(column)s is empty in more than 95 %% of the rows and was left out."),
    "not_used_id": N_("%(column)s is an identifier and was not used to predict."),
    "not_used_exclude": N_("%(column)s was excluded by choice."),
    "not_used_sensitive": N_("%(column)s is sensitive: it is used to check fairness, not to predict."),
    "not_used_group": N_("%(column)s only says which rows belong together."),
    "not_used_time": N_("%(column)s only gives the order in time."),
    "not_used_feature": N_("%(column)s was not used."),
}
EXPECTATIONS = {
    "expect_kept": N_("Kept."),
    "expect_absent": N_("The column %(column)s is not there."),
    "expect_rows": N_("The table has %(found)s rows."),
    "expect_missing": N_("%(percent)s %% of %(column)s is missing."),
    "expect_broken": N_("%(count)s rows of %(column)s break it."),
    "expect_no_date": N_("No date was found in %(column)s."),
    "expect_stale": N_("The newest date is %(day)s, %(days)s days before the check."),
}
PREPARE = {
    "prepare_absent": N_(
        "Step %(step)s: the column %(column)s is not there. Take the step away, or play it before the step that renames or drops the column."
    ),
    "prepare_other_absent": N_("Step %(step)s: the other table has no column %(column)s."),
    "prepare_twice": N_(
        "Step %(step)s: a column %(column)s is there already. Give the new one another name."
    ),
    "prepare_not_number": N_(
        "Step %(step)s: %(column)s holds no numbers. Read it as numbers in a step before."
    ),
    "prepare_not_date": N_("Step %(step)s: %(column)s holds no dates. Read it as dates in a step before."),
    "prepare_no_rows": N_("Step %(step)s leaves no row. Loosen its test."),
    "prepare_not_unique": N_(
        "Step %(step)s: %(column)s does not name one row of the other table. Choose a column whose values stand there once."
    ),
    "prepare_failed": N_("Step %(step)s cannot be done with %(column)s. Look at its settings."),
    "prepare_too_large": N_(
        "The table becomes larger than %(limit)s rows or %(columns)s columns. Keep fewer rows or columns."
    ),
}
