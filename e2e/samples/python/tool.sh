# Python with the package `requests`, which is taken from PyPI when it is not there.
template=request.py
python=python3
ready() {
  python3 -c 'import requests' && return
  [ -x "$FOLDER/venv/bin/python" ] || { python3 -m venv "$FOLDER/venv" && "$FOLDER/venv/bin/pip" install -q requests; }
}
send() {
  python3 -c 'import requests' 2>/dev/null || python=$FOLDER/venv/bin/python
  "$python" "$1"
}
