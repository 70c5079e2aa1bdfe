FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# The image has its own Node; optional packages stay, because the database's native part is one of them.
RUN npm run build && npm prune --omit=dev && rm -rf node_modules/node-* node_modules/.bin/node

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production DATA_FOLDER=/data HTTP_HOST=0.0.0.0 HTTP_TLS=true UV_THREADPOOL_SIZE=12
COPY --from=build --chown=root:root /app/package.json /app/launch.mjs ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/src ./src
COPY --from=build /app/dashboards/dist ./dashboards/dist
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080 8883 1883
# The certificate is not what is looked at here.
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", "require(process.env.HTTP_TLS === 'true' ? 'https' : 'http').get({ host: '127.0.0.1', port: process.env.HTTP_PORT || 8080, path: '/healthz', rejectUnauthorized: false }, r => process.exit(r.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
CMD ["node", "src/main.ts"]
