# Hallpass as one small image: the server's packages, the built pages and the pinned Bun.

FROM node:24-bookworm-slim AS source
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY shared/package.json shared/
COPY server/package.json server/
COPY web/package.json web/
COPY e2e/package.json e2e/

# The pages, and the Bun for this processor.
FROM source AS build
RUN npm ci --omit=dev
COPY shared shared
COPY web web
COPY scripts scripts
RUN npm run build && cp node_modules/@oven/bun-linux-*/bin/bun /usr/local/bin/bun

# What the server needs while it runs, and nothing else.
FROM source AS packages
RUN npm ci --omit=dev --workspace=server

FROM debian:bookworm-slim
RUN useradd --uid 10001 --no-create-home hallpass && install -d -o hallpass -g hallpass -m 700 /app/data
WORKDIR /app
COPY --from=build /usr/local/bin/bun /usr/local/bin/bun
COPY --from=packages /app/node_modules node_modules
COPY package.json LICENSE ./
COPY shared shared
COPY server server
COPY docs/openapi.json docs/
COPY --from=build /app/web/dist web/dist
# Bun's fetch allows 256 requests at once unless this is set before the process starts.
ENV NODE_ENV=production BUN_CONFIG_MAX_HTTP_REQUESTS=65336
USER hallpass
VOLUME /app/data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["bun", "-e", "fetch(`http://127.0.0.1:${process.env.APP_PORT || 8000}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["bun", "server/main.ts"]
