#!/bin/sh
# Accepted: the same, as a manifest.
set -e
kubectl -n taskmaster apply -f - <<'YAML'
apiVersion: v1
kind: Secret
metadata:
  name: backend-secret
stringData:
  DB_HOST: postgres-svc
  DB_PORT: "5432"
  DB_NAME: taskmaster
YAML
kubectl -n taskmaster rollout status deployment backend --timeout=120s
