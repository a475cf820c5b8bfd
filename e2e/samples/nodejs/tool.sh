# Node with the package `request`, from npm.
template=request.js
ready() { command -v node && npm_packages request; }
send() { NODE_PATH=$FOLDER/npm/node_modules node "$1"; }
