# The package feed. Some feeds lack some packages; they are probed once, and compat/ stands in for what is missing.
readonly STAND_INS="$ROOT/compat/StandIns.generated.props"

# Packages that compat/ can stand in for, with the version of Directory.Packages.props.
probe_candidates() {
  local id version
  while IFS= read -r id; do
    version="$(sed -n "s/.*PackageVersion Include=\"$id\" Version=\"\([^\"]*\)\".*/\1/p" "$ROOT/Directory.Packages.props")"
    [ -n "$version" ] && printf '%s %s\n' "$id" "$version"
  done <"$ROOT/compat/candidates.txt"
}

# Whether one package restores, with all it depends on. Its own folder and props keep the product's build out of it.
restores() {
  local id="$1" version="$2" folder
  folder="$STATE/probe/$id"
  mkdir -p "$folder"
  printf '<Project />' | tee "$folder/Directory.Build.props" "$folder/Directory.Build.targets" >"$folder/Directory.Packages.props"
  cat >"$folder/probe.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup>
  <ItemGroup><PackageReference Include="$id" Version="$version" /></ItemGroup>
</Project>
XML
  dotnet restore "$folder/probe.csproj" --disable-build-servers >"$folder/log" 2>&1
}

# Probes once; a change of the candidates or of a version probes again.
probe_feed() {
  local stamp id version missing=() probed
  stamp="$(probe_candidates | sha256sum)"
  if [ "$(cat "$STATE/feed-probed" 2>/dev/null)" != "$stamp" ]; then
    say "asking the package feed what it has ..."
    restores xunit 2.9.3 || { cat "$STATE/probe/xunit/log" >&2; die "the package feed cannot be reached"; }
    probed="$(probe_candidates | xargs -P 4 -L 1 bash -c '
      source "$0/scripts/say.sh"; ROOT="$0"; STATE="$0/.cnnviz"; source "$0/scripts/feed.sh"
      restores "$1" "$2" || printf "%s\n" "$1"' "$ROOT")"
    while IFS= read -r id; do [ -n "$id" ] && missing+=("$id"); done < <(sort <<<"$probed")
    write_stand_ins "${missing[@]+"${missing[@]}"}"
    rm -rf "$STATE/probe"
    printf '%s' "$stamp" >"$STATE/feed-probed"
  fi
  if [ -f "$STAND_INS" ]; then
    say "stood in for (the package feed lacks them): $(sed -n 's/.*Include="\([^"]*\)".*/\1/p' "$STAND_INS" | paste -sd ' ')"
  fi
}

write_stand_ins() {
  rm -f "$STAND_INS"
  [ $# -eq 0 ] && return
  {
    printf '<Project>\n  <ItemGroup>\n'
    printf '    <StandIn Include="%s" />\n' "$@"
    printf '  </ItemGroup>\n</Project>\n'
  } >"$STAND_INS.new"
  mv "$STAND_INS.new" "$STAND_INS"
}

stood_in() { [ -f "$STAND_INS" ] && grep -q "\"$1\"" "$STAND_INS"; }
