"""Who is able: paths, lessons, exams, certificates."""
