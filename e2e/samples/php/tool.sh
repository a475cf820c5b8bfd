# PHP with HTTP_Request2, which comes from PEAR or Packagist where Debian has no package of it.
template=request.php
needs="php-cli, and HTTP_Request2 from PEAR or Packagist"
folder=$FOLDER/php
ready() {
  command -v php || return
  echo '<?php require_once "HTTP/Request2.php";' | php >/dev/null 2>&1 && return
  [ "$SAMPLES" = all ] && command -v composer || return
  mkdir -p "$folder" && (cd "$folder" && composer require --no-interaction --quiet pear/http_request2)
}
send() {
  php -d "include_path=.:/usr/share/php:$folder/vendor/pear/http_request2" \
    ${folder:+$([ ! -e "$folder/vendor/autoload.php" ] || echo -d "auto_prepend_file=$folder/vendor/autoload.php")} "$1"
}
