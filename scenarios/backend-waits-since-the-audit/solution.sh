#!/bin/sh
# Creates the Secret again; the waiting containers start by themselves.
set -e
kubectl -n taskmaster create secret generic backend-secret \
  --from-literal=DB_HOST=postgres-svc --from-literal=DB_PORT=5432 --from-literal=DB_NAME=taskmaster
kubectl -n taskmaster rollout status deployment backend --timeout=120s
