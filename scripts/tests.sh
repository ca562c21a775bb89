# All tests but the long ones, one project after another (they use whole cores), then one line of counts.
# run_tests [--filter EXPRESSION] [ARGUMENT...]: passed on to dotnet test.
run_tests() {
  local filter="Category!=Soak" whole=1
  if [ "${1:-}" = --filter ]; then
    filter="($2)&$filter"
    whole=0
    shift 2
  fi
  stack_environment
  export CNNVIZ_PHOTOS="$STATE/photos"
  local results="$STATE/test-results" failed=0
  rm -rf "$results"
  mkdir -p "$results"
  dotnet test "$ROOT/CnnVizGrpc.sln" -c "$CONFIGURATION" --no-build --nologo -m:1 \
    --logger "trx" --logger "console;verbosity=minimal" --results-directory "$results" --filter "$filter" "$@" || failed=1
  if [ "$whole" = 1 ]; then
    # The CPU engine's other channel blocks, as on a processor without AVX-512.
    CNNVIZ_ONEDNN_ISA=avx2 dotnet test "$ROOT/tests/CnnViz.Engine.Tests" -c "$CONFIGURATION" --no-build --nologo \
      --logger "trx" --logger "console;verbosity=minimal" --results-directory "$results" \
      --filter "FullyQualifiedName~OneDnnOpParity" || failed=1
  fi
  /usr/bin/python3 "$ROOT/scripts/count_tests.py" "$results" || failed=1
  return "$failed"
}
