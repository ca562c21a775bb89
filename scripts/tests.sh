# All tests, one project after another (they use whole cores), then one line of counts.
run_tests() {
  stack_environment
  export CNNVIZ_PHOTOS="$STATE/photos"
  local results="$STATE/test-results" failed=0
  rm -rf "$results"
  mkdir -p "$results"
  dotnet test "$ROOT/CnnVizGrpc.sln" -c "$CONFIGURATION" --no-build --nologo -m:1 \
    --logger "trx" --logger "console;verbosity=minimal" --results-directory "$results" "$@" || failed=1
  /usr/bin/python3 "$ROOT/scripts/count_tests.py" "$results" || failed=1
  return "$failed"
}
