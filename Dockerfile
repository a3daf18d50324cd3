# The container image: Node.js and the folder that `npm run package` creates. The build installs no packages.
FROM node:24-bookworm-slim

LABEL org.opencontainers.image.title="RSOLV phase data platform" \
      org.opencontainers.image.description="Stores the results of each phase of the RSOLV security action for the phases that follow" \
      org.opencontainers.image.licenses="MIT"

ENV NODE_ENV=production \
    PATH=/opt/rsolv/bin:$PATH \
    HOST=0.0.0.0 \
    PORT=4000 \
    RSOLV_DATA_DIR=/data

# The files belong to root, so that the server can't change its own code.
COPY dist/rsolv /opt/rsolv

# The embedded database writes here. With DATABASE_URL, the server writes no files.
RUN install --directory --owner=node --group=node --mode=0700 /data
VOLUME /data

# The user "node", by number, so that Kubernetes can verify `runAsNonRoot`.
USER 1000:1000
EXPOSE 4000
STOPSIGNAL SIGTERM

# /health, not /health/ready: while the database is unavailable, a restart would not help, and the server recovers by itself.
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

ENTRYPOINT ["rsolv"]
CMD ["serve"]
