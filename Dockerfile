# One image for every process: `start` serves the API, `worker` keeps read models up, and every other command is there too.

FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
# Not `npm ci`: the lock file need not list the optional packages of every platform.
RUN npm install --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json nest-cli.json ./
COPY scripts ./scripts
COPY apps ./apps
COPY libs ./libs
COPY processes ./processes
COPY projections ./projections
COPY reports ./reports
COPY benchmarks ./benchmarks
COPY test/support/installed.ts test/support/mongo-server.ts ./test/support/
RUN npm run build
# The image brings the runtime that the package `node` brings elsewhere.
RUN npm prune --omit=dev --no-audit --no-fund && rm -rf node_modules/node node_modules/.bin/node node_modules/.cache dist/benchmarks dist/test

FROM node:24-bookworm-slim
ENV NODE_ENV=production NODE_OPTIONS=--disable-warning=ExperimentalWarning
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
# Where files are kept that no server keeps: reports of imports, and in the embedded default everything.
RUN mkdir /data && chown node:node /data && ln -s /data data
VOLUME /data
# `node`, as a number: whoever runs the image can see that it is not root.
USER 1000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=8", "--heap-growing-percent=40", "dist/apps/cli/main.js"]
CMD ["start"]
