#!/bin/sh
# The defaults.
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[{"op": "replace", "path": "/spec/strategy/rollingUpdate", "value": {"maxUnavailable": "25%", "maxSurge": "25%"}}]'
kubectl -n taskmaster rollout restart deployment backend
kubectl -n taskmaster rollout status deployment backend --timeout=120s
