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

# The first port from this one on that nobody listens on.
free_port() {
  local port="$1"
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  printf '%s' "$port"
}

# Where the dashboard listens, unless the environment says so; CNNVIZ_DASHBOARD=0 goes without.
dashboard_environment() {
  [ "${CNNVIZ_DASHBOARD:-1}" = 0 ] && return
  export ASPNETCORE_URLS="${ASPNETCORE_URLS:-http://127.0.0.1:$(free_port 15880)}"
  export ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL="${ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL:-http://127.0.0.1:$(free_port 15920)}"
  export ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL="${ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL:-http://127.0.0.1:$(free_port 15960)}"
  export ASPIRE_ALLOW_UNSECURED_TRANSPORT=true
}

run_up() {
  stack_environment
  dashboard_environment
  exec dotnet "$CNNVIZ_APPHOST" "$@"
}

run_bench() {
  stack_environment
  exec dotnet "$(output_of CnnViz.Bench)/CnnViz.Bench.dll" --root "$ROOT" "$@"
}
