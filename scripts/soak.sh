# Long runs: mixed calls from several clients at once, faults of Redis and of replicas under load, and damaged files for every reader.
# ./cnnviz test runs a short slice of each.
readonly SOAK_MINUTES=10

# soak_part PERCENT PROJECT [NAME]: that part of the time for a project's long tests, or for those whose names contain NAME.
soak_part() {
  CNNVIZ_SOAK_SECONDS=$((SOAK_SECONDS * $1 / 100)) dotnet test "$ROOT/tests/$2" -c "$CONFIGURATION" --no-build --nologo \
    --filter "Category=Soak${3:+&FullyQualifiedName~$3}" --logger "console;verbosity=detailed"
}

run_soak() {
  local minutes="$SOAK_MINUTES" failed=0
  case "${1:-}" in
    "") ;;
    --minutes) minutes="${2:-}" ;;
    *) die "usage: ./cnnviz soak [--minutes N]" ;;
  esac
  [[ "$minutes" =~ ^[1-9][0-9]{0,4}$ ]] || die "--minutes needs a whole number from 1 on, not '$minutes'"
  SOAK_SECONDS=$((minutes * 60))
  stack_environment
  export CNNVIZ_PHOTOS="$STATE/photos"
  soak_part 30 CnnViz.Stack.Tests MixedCalls || failed=1
  soak_part 35 CnnViz.Stack.Tests Faults || failed=1
  soak_part 20 CnnViz.Models.Tests || failed=1
  soak_part 15 CnnViz.Imaging.Tests || failed=1
  return "$failed"
}
