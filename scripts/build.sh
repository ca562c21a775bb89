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

output_of() { printf '%s/artifacts/bin/%s/%s' "$ROOT" "$1" "$(tr '[:upper:]' '[:lower:]' <<<"$CONFIGURATION")"; }
