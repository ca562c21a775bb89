# All tests but the long ones, one project after another (they use whole cores), then one line of counts.
# run_tests [--filter EXPRESSION] [ARGUMENT...]: passed on to dotnet test.
run_tests() {
  local filter="Category!=Soak"
  if [ "${1:-}" = --filter ]; then
    filter="($2)&$filter"
    shift 2
  fi
  stack_environment
  export CNNVIZ_PHOTOS="$STATE/photos"
  local results="$STATE/test-results" failed=0
  rm -rf "$results"
  mkdir -p "$results"
  dotnet test "$ROOT/CnnVizGrpc.sln" -c "$CONFIGURATION" --no-build --nologo -m:1 \
    --logger "trx" --logger "console;verbosity=minimal" --results-directory "$results" --filter "$filter" "$@" || failed=1
  /usr/bin/python3 "$ROOT/scripts/count_tests.py" "$results" || failed=1
  return "$failed"
}
