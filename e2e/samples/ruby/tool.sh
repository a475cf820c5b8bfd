# Ruby with its own net/http.
template=request.rb
needs=ruby
ready() { command -v ruby; }
send() { ruby "$1"; }
