# Building. Quiet when there is nothing to do.
dotnet_build() { quietly "dotnet build $1" dotnet build "$ROOT/$1" -c "$CONFIGURATION" --nologo -v minimal; }

build_stack() {
  say "building ..."
  dotnet_build apphost/CnnViz.AppHost/CnnViz.AppHost.csproj
  dotnet_build clients/cli/CnnViz.Cli.csproj
}

build_tool() { dotnet_build clients/cli/CnnViz.Cli.csproj; }

build_all() {
  say "building everything ..."
  dotnet_build CnnVizGrpc.sln
}

build_bench() {
  build_stack
  dotnet_build bench/CnnViz.Bench/CnnViz.Bench.csproj
}

# publish DIR [--gpu cuda]: both services, ready to be copied to machines and images that have the .NET runtime.
run_publish() {
  local folder="${1:-}" gpu=cpu service
  [ -n "$folder" ] || die "publish needs a folder: ./cnnviz publish DIR [--gpu cuda]"
  folder="$(cd "$CALLER" && realpath -m "$folder")"
  shift
  while [ $# -gt 0 ]; do
    case "$1" in
      --gpu) gpu="${2:-}"; shift 2 || die "--gpu needs a value: cpu or cuda" ;;
      *) die "publish does not know '$1'" ;;
    esac
  done
  [ "$gpu" = cpu ] || [ "$gpu" = cuda ] || die "--gpu must be cpu or cuda, not '$gpu'"
  for service in Inference Render; do
    say "publishing ${service,,} ..."
    quietly "dotnet publish" dotnet publish "$ROOT/services/CnnViz.$service/CnnViz.$service.csproj" -c "$CONFIGURATION" --nologo \
      -v minimal -p:Gpu="$gpu" -o "$folder/${service,,}"
  done
  say "published into $folder: inference and render"
}

output_of() { printf '%s/artifacts/bin/%s/%s' "$ROOT" "$1" "$(tr '[:upper:]' '[:lower:]' <<<"$CONFIGURATION")"; }
