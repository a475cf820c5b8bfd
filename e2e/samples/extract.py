"""Takes the samples out of a saved documentation page, as they are printed: `extract.py PAGE FOLDER`.

Each goes to FOLDER/LANGUAGE, recognized by its first line; the page's text has them one after the other.
"""

import sys
from pathlib import Path

BEGINNINGS = {
    "curl": "curl --location",
    "csharp": "var options = new RestClientOptions",
    "go": "package main",
    "http": "POST /environments/",
    "java": "OkHttpClient client",
    "jquery": "var settings = {",
    "nodejs": "var request = require('request');",
    "python": "import requests",
    "php": "<?php",
    "ruby": 'require "uri"',
    "swift": "let parameters = ",
    "": "Example Response",
}

page, folder = sys.argv[1:]
lines = Path(page).read_text().splitlines()
starts = {}
for language, beginning in BEGINNINGS.items():
    after = max(starts.values(), default=0)
    starts[language] = next(number for number, line in enumerate(lines) if number >= after and line.startswith(beginning))

languages = list(starts)
for language, following in zip(languages, languages[1:]):
    text = lines[starts[language] : starts[following]]
    if language == "http":
        # The text of a page has no empty lines; this one separates the headers from the body.
        text.insert(text.index("{"), "")
    Path(folder, language).write_text("\n".join(text) + "\n")
