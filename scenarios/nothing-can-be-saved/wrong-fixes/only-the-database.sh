#!/bin/sh
# Refused: create: 413
# Earns: 33
set -e
kubectl -n taskmaster patch deployment postgres --type=json -p '[{"op": "remove", "path": "/spec/template/spec/containers/0/args"}]'
kubectl -n taskmaster rollout status deployment postgres --timeout=120s
