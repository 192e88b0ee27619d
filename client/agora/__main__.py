"""`python -m agora`."""

import sys

from agora.command import main

sys.exit(main())
