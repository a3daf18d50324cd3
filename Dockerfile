# The platform as a container: the folder that `npm run package` makes, on a slim Node. Nothing is installed in here.
FROM node:24-bookworm-slim

LABEL org.opencontainers.image.title="RSOLV phase data platform" \
      org.opencontainers.image.description="Keeps what each phase of the RSOLV security action learned" \
      org.opencontainers.image.licenses="MIT"

ENV NODE_ENV=production \
    PATH=/opt/rsolv/bin:$PATH \
    HOST=0.0.0.0 \
    PORT=4000 \
    RSOLV_DATA_DIR=/data

# It belongs to root, so that the server can't change itself.
COPY dist/rsolv /opt/rsolv

# For the embedded database; with DATABASE_URL nothing is ever written.
RUN install --directory --owner=node --group=node --mode=0700 /data
VOLUME /data

# The user "node", by number: Kubernetes wants to see that it is not root.
USER 1000:1000
EXPOSE 4000
STOPSIGNAL SIGTERM

# Whether the process answers, and not /health/ready: a restart mends no database, and the server goes on by itself.
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

ENTRYPOINT ["rsolv"]
CMD ["serve"]
