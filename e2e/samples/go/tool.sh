# Go with its own net/http.
template=request.go
needs=golang-go
ready() { command -v go; }
send() { GOCACHE=$FOLDER/go GOPATH=$FOLDER/go GO111MODULE=off go run "$1"; }
