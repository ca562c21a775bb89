# The inference service for NVIDIA GPUs. TorchSharp-cuda-linux brings libtorch with CUDA and cuDNN inside; the machine brings the
# driver, through the NVIDIA container toolkit. The render service needs no GPU: its image is cpu.Dockerfile's.
#
#   docker build -f deploy/docker/cuda.Dockerfile -t cnnviz-inference:cuda .
#   docker run --gpus all ...
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0-noble
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0-noble

FROM ${SDK_IMAGE} AS build
WORKDIR /src
COPY . .
RUN ./cnnviz publish /out --gpu cuda

FROM ${RUNTIME_IMAGE} AS inference
ARG RUNTIME_PACKAGES="libdnnl3 libgomp1 libturbojpeg libwebp7"
RUN apt-get update \
    && apt-get install -y --no-install-recommends ${RUNTIME_PACKAGES} \
    && rm -rf /var/lib/apt/lists/*
# What the container toolkit makes visible: the devices, and the driver's compute libraries.
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
ENV CNNVIZ_BIND=0.0.0.0 CNNVIZ_GRPC_PORT=8080 CNNVIZ_HTTP_PORT=8081 \
    DOTNET_EnableDiagnostics=0 DOTNET_gcServer=0 \
    CNNVIZ_MODELS=/models OMP_WAIT_POLICY=passive GOMP_SPINCOUNT=10000 \
    MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=8589934592 MALLOC_TOP_PAD_=67108864
EXPOSE 8080 8081
WORKDIR /app
COPY models /models
COPY --from=build /out/inference /app
USER 10001:10001
# CUDA takes its time to start.
HEALTHCHECK --interval=10s --timeout=3s --start-period=180s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/$CNNVIZ_HTTP_PORT && printf 'GET /health HTTP/1.0\\r\\n\\r\\n' >&3 && head -1 <&3 | grep -q ' 200'"]
ENTRYPOINT ["dotnet", "CnnViz.Inference.dll"]
