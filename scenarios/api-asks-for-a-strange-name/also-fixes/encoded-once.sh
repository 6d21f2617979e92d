#!/bin/sh
# Accepted: the encoded value from before.
set -e
kubectl -n taskmaster patch secret backend-secret --type=json -p '[{"op": "replace", "path": "/data/{{key}}", "value": "{{once}}"}]'
kubectl -n taskmaster rollout restart deployment backend
kubectl -n taskmaster rollout status deployment backend --timeout=120s
