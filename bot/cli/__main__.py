"""`python -m bot.cli`: the same as `faqbot`."""

import sys

from bot.cli import main

sys.exit(main())
