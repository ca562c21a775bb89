# Words to the person at the terminal. All of it goes to stderr: stdout belongs to results.
say() { printf '%s\n' "$*" >&2; }
die() { say "cnnviz: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command quietly: its output goes to a log and is shown only if it fails.
quietly() {
  local what="$1" log
  shift
  mkdir -p "$STATE/logs"
  log="$STATE/logs/$(printf '%s' "$what" | tr -c 'A-Za-z0-9' '-').log"
  if ! "$@" >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    die "$what failed (whole log: ${log#"$ROOT"/})"
  fi
}
