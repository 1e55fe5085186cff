# One image per program: docker build --build-arg SERVICE=services/ticket .
# The stages up to `build` are the same for all of them, so a machine that builds several does that work once.

ARG NODE_IMAGE=node:24-bookworm-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20

FROM ${NODE_IMAGE} AS build
ENV COREPACK_ENABLE_DOWNLOAD_PROMPT=0 CI=true
RUN corepack enable
WORKDIR /source
COPY . .
RUN --mount=type=cache,id=pnpm,target=/root/.local/share/pnpm/store pnpm install --frozen-lockfile --prefer-offline
RUN node_modules/.bin/tsc -b

FROM build AS deploy
ARG SERVICE
# Declarations and source maps of packages are for building, not for running.
RUN --mount=type=cache,id=pnpm,target=/root/.local/share/pnpm/store \
    pnpm --filter "./$SERVICE" --config.inject-workspace-packages=true deploy --prod --prefer-offline /app && \
    find /app \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -name '*.md' \) -type f -delete && \
    if [ "$SERVICE" = services/gateway ]; then cp -r openapi /app/; fi

FROM ${NODE_IMAGE}
# A service holds some 30 MB of objects. Left alone on a large machine, V8 lets 240 MB pile up before it looks; with these it is 100 MB.
ENV NODE_ENV=production NODE_OPTIONS="--max-semi-space-size=4 --max-old-space-size=512"
WORKDIR /app
COPY --from=deploy /app .
USER node
ENTRYPOINT ["node", "dist/main.js"]
