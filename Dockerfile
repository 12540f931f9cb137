# syntax=docker/dockerfile:1
# One image: the server, and the pages that it sends. No shell, no package manager, no root.
#
#   docker buildx build --platform linux/arm64,linux/amd64 .
#
# Both platforms are compiled on the builder's own processor; nothing is emulated.

ARG NODE_VERSION=24
ARG RUST_VERSION=1.95
# Debian 13, as the image that runs (see the end): the C library of a builder must not be newer.
ARG DEBIAN=trixie

# The pages: files, the same for every platform.
FROM --platform=$BUILDPLATFORM node:${NODE_VERSION}-${DEBIAN}-slim AS pages
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY frontend ./
RUN npm run build

# What compiles: for the builder's own processor, and for the other one.
FROM --platform=$BUILDPLATFORM rust:${RUST_VERSION}-slim-${DEBIAN} AS rust
ARG CARGO_CHEF_VERSION=0.1.78
RUN cargo install cargo-chef --locked --version "$CARGO_CHEF_VERSION" && rm -rf "$CARGO_HOME/registry"
WORKDIR /build

# Which dependencies there are, as a file that stays the same while only our own code changes.
FROM rust AS recipe
COPY Cargo.toml Cargo.lock ./
COPY src src
RUN cargo chef prepare --recipe-path recipe.json

FROM rust AS server
ARG BUILDARCH
ARG TARGETARCH
# hadolint ignore=DL3008 # The mirror keeps one version of a compiler, that of this Debian.
RUN case $TARGETARCH in \
    amd64) cpu=x86_64 compiler=gcc-x86-64-linux-gnu ;; \
    arm64) cpu=aarch64 compiler=gcc-aarch64-linux-gnu ;; \
    *) echo "there is no server for $TARGETARCH" >&2; exit 1 ;; \
  esac \
  && echo "$cpu-unknown-linux-gnu" >target \
  && rustup target add "$cpu-unknown-linux-gnu" \
  && if [ "$TARGETARCH" != "$BUILDARCH" ]; then \
    apt-get update \
    && apt-get install -y --no-install-recommends "$compiler" "libc6-dev-$TARGETARCH-cross" \
    && rm -rf /var/lib/apt/lists/*; \
  fi
# The compilers go by these names whether or not they are the builder's own. What stays of the symbols are
# the names in backtraces.
ENV CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER=x86_64-linux-gnu-gcc \
  CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
  CC_x86_64_unknown_linux_gnu=x86_64-linux-gnu-gcc \
  CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc \
  CARGO_PROFILE_RELEASE_DEBUG=none \
  CARGO_PROFILE_RELEASE_STRIP=debuginfo \
  CARGO_PROFILE_RELEASE_LTO=thin \
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1
COPY --from=recipe /build/recipe.json ./
RUN cargo chef cook --release --locked --target "$(cat target)" --recipe-path recipe.json
COPY Cargo.toml Cargo.lock ./
COPY src src
RUN cargo build --release --locked --target "$(cat target)" --bin overcookied \
  && mkdir -p out/data && cp "target/$(cat target)/release/overcookied" out/

# What runs. The folder of the data belongs to the user of the server; with VALKEY_URL it stays empty.
# checkov:skip=CKV_DOCKER_2: Kubernetes asks /health/live and /health/ready, and there is no shell to ask with
FROM gcr.io/distroless/cc-debian13:nonroot AS runtime
COPY --from=server /build/out/overcookied /usr/bin/overcookied
COPY --from=server --chown=65532:65532 /build/out/data /var/lib/overcookied
COPY --from=pages /build/frontend/out /srv/pages
ENV HOST=0.0.0.0 \
  WEB_DIR=/srv/pages \
  DATA_DIR=/var/lib/overcookied
USER 65532:65532
EXPOSE 8080 9464
ENTRYPOINT ["/usr/bin/overcookied"]
