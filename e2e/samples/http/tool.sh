# The request as text, over a socket.
template=request.http
ready() { command -v python3; }
send() { python3 "$e2e/samples/http/send.py" "$1"; }
