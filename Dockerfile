FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# The image has its own Node; optional packages stay, because the database's native part is one of them.
RUN npm run build && npm prune --omit=dev && rm -rf node_modules/node-* node_modules/.bin/node

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production DATA_FOLDER=/data HTTP_HOST=0.0.0.0 UV_THREADPOOL_SIZE=12
COPY --from=build --chown=root:root /app/package.json /app/launch.mjs ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/src ./src
COPY --from=build /app/dashboards/console/dist ./dashboards/console/dist
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080 1883
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
