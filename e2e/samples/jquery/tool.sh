# jQuery 3 in jsdom, both from npm. The page is of another origin, so that CORS has its part.
template=request.js
ready() { command -v node && npm_packages jquery@3 jsdom; }
send() { NODE_PATH=$FOLDER/npm/node_modules node "$e2e/samples/jquery/page.cjs" "$1"; }
