#!/bin/sh
# Names the Service that exists, and restarts the backend so that it reads the new value.
set -e
kubectl -n taskmaster patch secret backend-secret --type=merge -p '{"stringData":{"DB_HOST":"postgres-svc"}}'
kubectl -n taskmaster rollout restart deployment backend
kubectl -n taskmaster rollout status deployment backend --timeout=120s
