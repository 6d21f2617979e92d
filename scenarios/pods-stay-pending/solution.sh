#!/bin/sh
# Any node will do.
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[{"op": "remove", "path": "/spec/template/spec/nodeSelector"}]'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
