#!/bin/sh
# The page alone.
set -e
kubectl -n taskmaster patch deployment frontend --type=json -p '[{"op": "remove", "path": "/spec/template/spec/containers/1"}]'
kubectl -n taskmaster rollout status deployment frontend --timeout=120s
