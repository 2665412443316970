# Sourced by ./mvnw and ./tokentape. Sets JAVA_HOME to a JDK of at least version 25:
# JAVA_HOME itself if it is one, else the `java` on the PATH, else the newest one installed
# in the usual places. Says what to install, and ends with exit code 69, where there is none.

tokentape_required_jdk=25

# Prints the feature version of the JDK in folder $1 (from its `release` file), or 0.
tokentape_jdk_version() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || { echo 0; return; }
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  echo "${version:-0}"
}

tokentape_find_jdk() {
  on_path=$(command -v java || true)
  if [ -n "$on_path" ]; then
    on_path=$(readlink -f "$on_path" 2>/dev/null || echo "$on_path")
    on_path=${on_path%/bin/java}
  fi
  best='' best_version=0
  for home in "${JAVA_HOME:-}" "$on_path"; do
    [ -n "$home" ] || continue
    if [ "$(tokentape_jdk_version "$home")" -ge "$tokentape_required_jdk" ]; then
      best=$home
      break
    fi
  done
  if [ -z "$best" ]; then
    for home in /usr/lib/jvm/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
      /Library/Java/JavaVirtualMachines/*/Contents/Home; do
      [ -d "$home" ] || continue
      version=$(tokentape_jdk_version "$home")
      if [ "$version" -ge "$tokentape_required_jdk" ] && [ "$version" -gt "$best_version" ]; then
        best=$home best_version=$version
      fi
    done
  fi
  if [ -z "$best" ]; then
    {
      echo "tokentape: no JDK $tokentape_required_jdk or newer found (looked at JAVA_HOME, the PATH, /usr/lib/jvm, /opt, ~/.sdkman, ~/.jdks)."
      echo "Install one, for example: apt-get install temurin-25-jdk  |  sdk install java 25-tem  |  brew install --cask temurin@25"
      echo "or set JAVA_HOME to one that is already there."
    } >&2
    exit 69
  fi
  JAVA_HOME=$best
  export JAVA_HOME
}

tokentape_find_jdk
