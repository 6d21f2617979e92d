#!/bin/sh
# Accepted: the Secret is created anew with the right values.
set -e
kubectl -n taskmaster create secret generic database-secret --dry-run=client -o yaml \
  --from-literal=POSTGRES_USER=taskuser --from-literal=POSTGRES_PASSWORD=taskpass123 --from-literal=POSTGRES_DB=taskmaster |
  kubectl -n taskmaster replace -f -
kubectl -n taskmaster rollout restart deployment backend
kubectl -n taskmaster rollout status deployment backend --timeout=120s
