# Running what was built.
stack_environment() {
  CNNVIZ_MODELS="$(cd "$CALLER" && realpath -m "${CNNVIZ_MODELS:-$ROOT/models}")"
  export CNNVIZ_MODELS
  # What the app host sets for the inference service, for tests and benches that run the engine in their own process.
  export OMP_WAIT_POLICY=passive GOMP_SPINCOUNT=10000 MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=8589934592 MALLOC_TOP_PAD_=67108864
  CNNVIZ_APPHOST="$(output_of CnnViz.AppHost)/CnnViz.AppHost.dll"
  export CNNVIZ_APPHOST
}

run_cli() {
  stack_environment
  cd "$CALLER"
  exec dotnet "$(output_of CnnViz.Cli)/cnnviz-cli.dll" "$@"
}

run_demo() {
  mkdir -p "$ROOT/out"
  run_cli demo --out "$ROOT/out" --photo "$STATE/photos/chelsea.png" "$@"
}

run_up() {
  stack_environment
  exec dotnet "$CNNVIZ_APPHOST" "$@"
}

run_bench() {
  stack_environment
  exec dotnet "$(output_of CnnViz.Bench)/CnnViz.Bench.dll" --root "$ROOT" "$@"
}
