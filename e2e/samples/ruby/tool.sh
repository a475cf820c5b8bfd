# Ruby with its own net/http.
template=request.rb
packages=ruby
ready() { command -v ruby; }
send() { ruby "$1"; }
