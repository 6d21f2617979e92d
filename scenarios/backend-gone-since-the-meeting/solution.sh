#!/bin/sh
# No class, as before.
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[{"op": "remove", "path": "/spec/template/spec/priorityClassName"}]'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
