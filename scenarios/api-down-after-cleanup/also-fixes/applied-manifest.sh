#!/bin/sh
# Accepted: the same, as a manifest.
set -e
kubectl -n taskmaster apply -f - <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata:
  name: backend-config
data:
  FLASK_ENV: production
  LOG_LEVEL: info
  WORKERS: "2"
YAML
kubectl -n taskmaster rollout status deployment backend --timeout=120s
