# Java with OkHttp, from Debian (libokhttp-java). The sample is statements, which need a program round them.
template=request.java
needs="default-jdk-headless libokhttp-java"
jars=/usr/share/java/okhttp.jar:/usr/share/java/okio.jar
ready() { command -v javac && [ -e "${jars%%:*}" ]; }
send() {
  local program
  program=$(dirname "$1")/Sample.java
  {
    echo 'import okhttp3.*;'
    echo 'public class Sample { public static void main(String[] arguments) throws Exception {'
    cat "$1"
    echo 'System.out.println(response.body().string()); System.exit(response.code() == 201 ? 0 : 1); } }'
  } >"$program"
  java -cp "$jars" "$program"
}
