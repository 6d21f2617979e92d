#!/bin/sh
# Creates the ConfigMap again; the waiting containers start by themselves.
set -e
kubectl -n taskmaster create configmap backend-config \
  --from-literal=FLASK_ENV=production --from-literal=LOG_LEVEL=info --from-literal=WORKERS=2
kubectl -n taskmaster rollout status deployment backend --timeout=120s
