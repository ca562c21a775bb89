# The two services for machines without a GPU: targets `inference` and `render`.
#
#   docker build -f deploy/docker/cpu.Dockerfile --target inference -t cnnviz-inference:cpu .
#   docker build -f deploy/docker/cpu.Dockerfile --target render -t cnnviz-render .
#
# The images and packages are those of Ubuntu 24.04, on which Microsoft builds .NET's own. On Debian 12:
#   --build-arg RUNTIME_PACKAGES="libdnnl2 libgomp1 libturbojpeg0 libwebp7"
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0-noble
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0-noble

FROM ${SDK_IMAGE} AS build
WORKDIR /src
COPY . .
# Installs what building takes, asks the package feed what it has, publishes both services.
RUN ./cnnviz publish /out

FROM ${RUNTIME_IMAGE} AS base
ARG RUNTIME_PACKAGES="libdnnl3 libgomp1 libturbojpeg libwebp7"
RUN apt-get update \
    && apt-get install -y --no-install-recommends ${RUNTIME_PACKAGES} \
    && rm -rf /var/lib/apt/lists/*
# Everywhere in the container, since nobody outside reaches it but through published ports. The runtime's own diagnostics want
# to write sockets, and the root is read-only.
ENV CNNVIZ_BIND=0.0.0.0 CNNVIZ_GRPC_PORT=8080 CNNVIZ_HTTP_PORT=8081 \
    DOTNET_EnableDiagnostics=0 DOTNET_gcServer=0
EXPOSE 8080 8081
WORKDIR /app
USER 10001:10001
# /health answers 200 once the service can serve; the images have no curl.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/$CNNVIZ_HTTP_PORT && printf 'GET /health HTTP/1.0\\r\\n\\r\\n' >&3 && head -1 <&3 | grep -q ' 200'"]

FROM base AS render
COPY --from=build /out/render /app
ENTRYPOINT ["dotnet", "CnnViz.Render.dll"]

FROM base AS inference
# Idle OpenMP threads sleep, and freed blocks are kept: apphost/CnnViz.AppHost/EngineEnvironment.cs says why.
ENV CNNVIZ_MODELS=/models OMP_WAIT_POLICY=passive GOMP_SPINCOUNT=10000 \
    MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=8589934592 MALLOC_TOP_PAD_=67108864
# The networks that are in models/ where the image is built; others are mounted over it.
COPY models /models
COPY --from=build /out/inference /app
ENTRYPOINT ["dotnet", "CnnViz.Inference.dll"]
