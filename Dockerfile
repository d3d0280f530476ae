# One image for every role: ROLE says whether a container is the api, a worker or a scheduler.
ARG NODE_IMAGE=node:22-slim

FROM ${NODE_IMAGE} AS build
ENV CI=true TURBO_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1
RUN npm install --global pnpm@12.21.0
WORKDIR /src
# What the lock file pins is fetched before the sources are copied, so that a change of code does not fetch it again.
COPY pnpm-lock.yaml pnpm-workspace.yaml package.json ./
RUN pnpm fetch
COPY . .
RUN pnpm install --frozen-lockfile --offline
RUN pnpm exec turbo build --filter=@apps/api...
# Production dependencies only. The optional ones are left out: among them is the embedded PostgreSQL of development.
RUN pnpm --filter=@apps/api --prod --no-optional deploy --legacy /out/apps/api \
 && rm -rf /out/apps/api/src /out/apps/api/test /out/apps/api/jest*.config.js /out/apps/api/tsconfig*.json /out/apps/api/.turbo \
 && mkdir /out/packages \
 && ln -s ../apps/api/node_modules/@repo/shared /out/packages/shared

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="erp-sync-hub" org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /out ./
COPY LICENSE ./
USER node
EXPOSE 3000
# Every role answers it: the process is alive. Whether traffic may come is what /health/ready says.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/health/live').then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/api/dist/main.js"]
