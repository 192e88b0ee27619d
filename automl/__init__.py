"""The AutoML engine of Agora: tables in, checked and explained models out, no Django anywhere.

Importing this package is cheap; each command imports what it needs when it runs.
"""

__version__ = "1.0.0"
