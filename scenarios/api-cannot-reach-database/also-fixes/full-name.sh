#!/bin/sh
# Accepted: the Service's full name.
set -e
kubectl -n taskmaster patch secret backend-secret --type=merge -p '{"stringData":{"DB_HOST":"postgres-svc.taskmaster.svc.cluster.local"}}'
kubectl -n taskmaster rollout restart deployment backend
kubectl -n taskmaster rollout status deployment backend --timeout=120s
