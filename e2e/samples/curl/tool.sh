# Plain curl.
template=request.sh
ready() { command -v curl; }
send() { bash "$1"; }
